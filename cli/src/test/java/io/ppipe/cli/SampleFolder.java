package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.load.Arrivals;
import io.ppipe.load.LoadSettings;
import io.ppipe.zoo.SampleModel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** A folder with the sample CNN, profiled and planned for a small emulated cluster, as a user would have it. */
final class SampleFolder {
    private SampleFolder() {}

    static void make(Path folder) throws IOException {
        SampleModel.write(folder.resolve("sample.onnx"), 1);
        make(folder, "sample", "sample.onnx", 60);
    }

    static void make(Path folder, String name, String onnx, double sloMillis) throws IOException {
        Files.writeString(folder.resolve("cluster.yaml"), """
            format: cluster
            version: 1
            name: small
            time_scale: 6
            classes:
              - {name: fast, count: 1, memory_gib: 8, nic_gbps: 10,
                 executor: {type: emulated, convolution: 1, element_wise: 1, activation: 1, batch_gain: 0.12}}
              - {name: slow, count: 3, memory_gib: 8, nic_gbps: 10,
                 executor: {type: emulated, convolution: 5.0, element_wise: 1.7, activation: 9.9, batch_gain: 0.12}}
            """);
        Files.writeString(folder.resolve("workload.yaml"), """
            format: workload
            version: 1
            models:
              - name: %s
                onnx: %s
                slo_ms: %s
            """.formatted(name, onnx, sloMillis));
        assertOk("profile", "-d", folder.toString());
        assertOk("plan", "-d", folder.toString());
    }

    /** Returns Poisson load on the sample for a server on this port of loopback. */
    static LoadSettings load(int port, double ratePerSecond, double seconds) {
        return new LoadSettings(
                URI.create("http://127.0.0.1:" + port),
                "sample",
                Arrivals.POISSON,
                ratePerSecond,
                seconds,
                1,
                OptionalLong.empty(),
                false,
                10_000);
    }

    static MainTest.Ended assertOk(String... arguments) {
        MainTest.Ended ended = MainTest.run(arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended;
    }
}
