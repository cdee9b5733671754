package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Cluster;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Price;
import io.ppipe.model.Sharing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFileTest {
    private static final long GIB = 1L << 30;

    private static final String GOOD = """
        format: cluster
        version: 1
        name: lab
        classes:
          - name: t4
            count: 6
            memory_gib: 16
            nic_gbps: 10
            executor: {type: cpu}
        """;

    @TempDir
    Path folder;

    @Test
    void readsTheExampleOfTwoGpuClasses() {
        Cluster cluster = ClusterFile.read(Examples.example("two-gpu-classes/cluster.yaml"));

        assertThat(cluster.name()).isEqualTo("two-gpu-classes");
        assertThat(cluster.classes())
                .containsExactly(
                        new GpuClass(
                                "fast",
                                2,
                                1,
                                24 * GIB,
                                List.of(1),
                                Sharing.MPS,
                                10e9,
                                Price.UNKNOWN,
                                new Executor.Emulated(1, 1, 1, 0, 0.12, true)),
                        new GpuClass(
                                "slow",
                                6,
                                1,
                                8 * GIB,
                                List.of(1),
                                Sharing.MPS,
                                10e9,
                                Price.UNKNOWN,
                                new Executor.Emulated(5.0, 1.7, 9.9, 0, 0.12, true)));
    }

    @Test
    void readsTheExampleOfTheCpu() {
        Cluster cluster = ClusterFile.read(Examples.example("cpu/cluster.yaml"));

        assertThat(cluster.emulated()).isFalse();
        assertThat(cluster.classes().getFirst().executor()).isEqualTo(new Executor.Cpu(1));
    }

    @Test
    void fillsInDefaults() {
        assertThat(read(GOOD))
                .isEqualTo(new Cluster(
                        "lab",
                        List.of(new GpuClass(
                                "t4",
                                6,
                                1,
                                16 * GIB,
                                List.of(1),
                                Sharing.MPS,
                                10e9,
                                Price.UNKNOWN,
                                new Executor.Cpu(1))),
                        1));
    }

    @Test
    void readsTheSameAsJson() {
        String json = """
            {"format": "cluster", "version": 1, "name": "lab",
            \t"classes": [{"name": "t4", "count": 6, "memory_gib": 16, "nic_gbps": 10, "executor": {"type": "cpu"}}]}
            """;

        assertThat(ClusterFile.read(file("lab.json", json))).isEqualTo(read(GOOD));
        assertThat(read(json)).as("JSON is YAML, too").isEqualTo(read(GOOD));
    }

    @Test
    void refusesAMisspeltKeyAndNamesTheNearest() {
        assertProblem(
                GOOD.replace("nic_gbps", "nic_gpbs"),
                ":8: key 'nic_gpbs' is not known in a GPU class; maybe you meant 'nic_gbps' (allowed: name, count,"
                    + " gpus_per_server, memory_gib, shares, sharing, nic_gbps, price_per_hour, server_price_per_hour,"
                    + " executor)");
    }

    @Test
    void namesTheMissingKey() {
        assertProblem(GOOD.replace("    count: 6\n", ""), ":5: key 'count' is missing in a GPU class");
    }

    @Test
    void saysWhatWasFoundAndWhatIsExpected() {
        assertProblem(GOOD.replace("6", "six"), ":6: key 'count' must be a whole number, found text 'six'");
        assertProblem(
                GOOD.replace("6\n    mem", "2.5\n    mem"),
                ":6: key 'count' must be a whole number, found number '2.5'");
        assertProblem(GOOD.replace("lab", "7"), ":3: key 'name' must be text, found number '7'; put it in quotes");
        assertProblem(
                GOOD.replace("{type: cpu}", "cpu"),
                ":9: key 'executor' must be an object with the key type, found text 'cpu'");
        assertProblem(
                GOOD.replace("16", ".nan"),
                ":7: key 'memory_gib' must be a finite number in plain decimal digits, found number '.nan'");
        assertProblem(GOOD.replace("lab", ""), ":3: key 'name' has no value");
        assertProblem(
                GOOD.substring(0, GOOD.indexOf("  -")) + "  - t4\n",
                ":5: an item of 'classes' must be a GPU class: an object with the keys name, count, gpus_per_server,"
                    + " memory_gib, shares, sharing, nic_gbps, price_per_hour, server_price_per_hour, executor, found"
                    + " text 't4'");
    }

    @Test
    void listsTheAllowedExecutors() {
        assertProblem(GOOD.replace("cpu", "gpu"), ":9: key 'type' ('gpu') must be one of: cpu, emulated");
        assertProblem(
                GOOD.replace("{type: cpu}", "{type: cpu, convolution: 1}"),
                ":9: key 'convolution' is not known in an executor of type cpu (allowed: type, threads)");
    }

    @Test
    void placesWhatTheRecordRefuses() {
        assertProblem(GOOD.replace("6\n", "0\n"), ":5: GPU class t4: count (0) must be at least 1.");
        assertProblem(
                GOOD.replace("count: 6", "count: 6\n    shares: [2, 1]"),
                ":5: GPU class t4: shares [2, 1] must be at least 1, ascending and distinct.");
        assertProblem(
                GOOD.replace("name: lab", "name: lab\ntime_scale: 2"),
                ":1: Cluster lab: time_scale (2.0) must be 1, because GPU class t4 is not emulated: real time cannot"
                        + " be stretched.");
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertProblem(
                GOOD.replace("6\n    mem", "3000000000\n    mem"),
                ":6: key 'count' (3000000000) must be at most 2147483647");
        assertProblem(
                GOOD.replace("6\n    mem", "1000001\n    mem"), ":6: key 'count' (1000001) must be at most 1000000");
        assertProblem(GOOD.replace("16", "1e30"), ":7: key 'memory_gib' (1E+30) is out of range");
        assertProblem(GOOD.replace("16", "1e999999999"), ":7: key 'memory_gib' (1e999999999) is out of range");
        assertProblem(GOOD.replace("16", "1e-999999999"), ":7: key 'memory_gib' (1e-999999999) is out of range");
    }

    @Test
    void writesWhatItReads() throws IOException {
        Cluster cluster = ClusterFile.read(Examples.example("two-gpu-classes/cluster.yaml"));
        Path yaml = folder.resolve("written.yaml");

        ClusterFile.write(cluster, yaml);

        assertThat(ClusterFile.read(yaml)).isEqualTo(cluster);
        assertThat(Files.readString(yaml)).startsWith("""
            format: cluster
            version: 1
            name: two-gpu-classes
            time_scale: 10
            classes:
              - name: fast
                count: 2
                gpus_per_server: 1
                memory_gib: 24
                shares: [1]
                sharing: mps
                nic_gbps: 10
                price_per_hour: 0
                executor:
                  type: emulated
                  convolution: 1
            """);
    }

    @Test
    void readsThePriceOfAServerAndMigSharing() {
        String text = GOOD.replace("    nic_gbps", "    sharing: mig\n    server_price_per_hour: 2.5\n    nic_gbps");

        GpuClass gpuClass = read(text).classes().getFirst();

        assertThat(gpuClass.sharing()).isEqualTo(Sharing.MIG);
        assertThat(gpuClass.price()).isEqualTo(new Price(2.5, Price.Unit.SERVER));
        assertThat(gpuClass.price().perHour(5, 4)).as("two servers").isEqualTo(5.0);
    }

    @Test
    void refusesTwoPricesNegativePricesAndUnknownSharing() {
        String both = GOOD.replace("    nic_gbps", "    price_per_hour: 1\n    server_price_per_hour: 2\n    nic_gbps");
        assertProblem(both, ":5: a GPU class has either 'price_per_hour' or 'server_price_per_hour', not both");
        assertProblem(
                GOOD.replace("    nic_gbps", "    server_price_per_hour: -1\n    nic_gbps"),
                ":5: server_price_per_hour (-1.0) must be a finite number, 0 or above.");
        assertProblem(
                GOOD.replace("    nic_gbps", "    sharing: time\n    nic_gbps"),
                ":8: key 'sharing' ('time') must be one of: mps, mig");
    }

    @Test
    void readsCharactersBeyondTheBasicPlaneWhereverTheyStand() {
        for (int padding = 980; padding < 1040; padding++) {
            assertThat(read("# " + "x".repeat(padding) + "🚀\n" + GOOD))
                    .as("padding %d", padding)
                    .isEqualTo(read(GOOD));
        }
    }

    private Cluster read(String text) {
        return ClusterFile.read(file("cluster.yaml", text));
    }

    private void assertProblem(String text, String problem) {
        Path file = file("cluster.yaml", text);
        assertThatThrownBy(() -> ClusterFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage(file + problem);
    }

    private Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
