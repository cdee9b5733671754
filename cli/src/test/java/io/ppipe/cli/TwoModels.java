package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A folder with a profiled workload of two small models on two GPU classes, and commands that run in it. */
record TwoModels(Path folder) {
    static final String CLUSTER = """
        format: cluster
        version: 1
        name: here
        classes:
          - {name: fast, count: 2, memory_gib: 4, nic_gbps: 10, price_per_hour: 2, executor: {type: cpu}}
          - {name: slow, count: 4, memory_gib: 4, nic_gbps: 10, price_per_hour: 0.5, executor: {type: cpu}}
        """;

    static final String WORKLOAD = """
        format: workload
        version: 1
        models:
          - {name: first, slo_ms: 12, demand_rps: 150}
          - {name: second, slo_ms: 20, demand_rps: 150}
        """;

    void make() throws IOException {
        write("cluster.yaml", CLUSTER);
        write("workload.yaml", WORKLOAD);
        for (String model : List.of("first", "second")) {
            write(
                    "csv/block-latency-us/%s/fast-1.csv".formatted(model),
                    "block,batch1,batch2\n0,2000,3600\n1,2000,3600\n");
            write(
                    "csv/block-latency-us/%s/slow-1.csv".formatted(model),
                    "block,batch1,batch2\n0,2600,5000\n1,9000,17000\n");
            write("csv/cut-bytes/%s.csv".formatted(model), "cut_after_block,bytes_per_request\n0,100000\n");
        }
        SampleFolder.assertOk("profile", "import", path("csv"), "-o", path("profile.json"));
    }

    void write(String file, String text) throws IOException {
        Path target = folder.resolve(file);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
    }

    String read(String file) throws IOException {
        return Files.readString(folder.resolve(file));
    }

    String path(String file) {
        return folder.resolve(file).toString();
    }

    MainTest.Ended run(String... arguments) {
        var all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("-d", folder.toString()));
        return MainTest.run(all.toArray(String[]::new));
    }

    String ok(String... arguments) {
        MainTest.Ended ended = run(arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.out();
    }

    void assertOneLine(MainTest.Ended ended, String... parts) {
        assertThat(ended.code()).as(ended.out()).isEqualTo(1);
        assertThat(ended.err().strip().lines().toList()).hasSize(1);
        assertThat(ended.err()).startsWith("ppipe: ").contains(parts);
    }
}
