package io.ppipe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A folder with a scenario whose optimum takes minutes to prove: random times, three classes, six models. */
final class LongPlanning {
    private static final int MODELS = 6;
    private static final int BLOCKS = 10;
    private static final int BATCH_SIZES = 8;

    private LongPlanning() {}

    static void make(Path folder, long seed) throws IOException {
        Files.writeString(folder.resolve("cluster.yaml"), """
            format: cluster
            version: 1
            name: long
            classes:
              - {name: a, count: 7, memory_gib: 24, shares: [1, 2], nic_gbps: 10, executor: {type: cpu}}
              - {name: b, count: 11, memory_gib: 24, shares: [1, 2], nic_gbps: 10, executor: {type: cpu}}
              - {name: c, count: 23, memory_gib: 24, shares: [1, 2], nic_gbps: 10, executor: {type: cpu}}
            """);
        var random = new SplittableRandom(seed);
        var workload = new StringBuilder("format: workload\nversion: 1\nmodels:\n");
        for (int m = 0; m < MODELS; m++) {
            workload.append("  - {name: m%d, slo_ms: %d}%n".formatted(m, random.nextInt(80, 140)));
            cuts(folder.resolve("csv/cut-bytes/m%d.csv".formatted(m)), random);
            double slowdown = 1;
            for (String gpuClass : new String[] {"a", "b", "c"}) {
                for (int shares = 1; shares <= 2; shares++) {
                    latencies(
                            folder.resolve("csv/block-latency-us/m%d/%s-%d.csv".formatted(m, gpuClass, shares)),
                            slowdown * Math.pow(shares, 0.9),
                            random);
                }
                slowdown *= 2;
            }
        }
        Files.writeString(folder.resolve("workload.yaml"), workload);
        SampleFolder.assertOk(
                "profile",
                "import",
                folder.resolve("csv").toString(),
                "-o",
                folder.resolve("profile.json").toString());
    }

    private static void cuts(Path file, SplittableRandom random) throws IOException {
        var text = new StringBuilder("cut_after_block,bytes_per_request\n");
        for (int b = 0; b + 1 < BLOCKS; b++) {
            text.append("%d,%d%n".formatted(b, random.nextInt(100_000, 2_000_000)));
        }
        write(file, text);
    }

    private static void latencies(Path file, double slowdown, SplittableRandom random) throws IOException {
        var text = new StringBuilder("block");
        for (int n = 1; n <= BATCH_SIZES; n++) {
            text.append(",batch").append(n);
        }
        text.append('\n');
        for (int b = 0; b < BLOCKS; b++) {
            double one = slowdown * random.nextDouble(700, 2_000);
            text.append(b);
            for (int n = 1; n <= BATCH_SIZES; n++) {
                text.append(',').append(Math.round(one * (0.3 + 0.7 * n)));
            }
            text.append('\n');
        }
        write(file, text);
    }

    private static void write(Path file, CharSequence text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
