package io.ppipe.cli;

import static io.ppipe.cli.SampleFolder.assertOk;
import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.format.ProfileFile;
import io.ppipe.model.Profile;
import io.ppipe.model.Provenance;
import io.ppipe.zoo.SampleModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ppipe profile --estimate}, and plans made from what it writes. */
class EstimateTest {
    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void aFolder() throws IOException {
        SampleModel.write(folder.resolve("sample.onnx"), 1);
        Files.writeString(folder.resolve("cluster.yaml"), """
            format: cluster
            version: 1
            name: bought
            classes:
              - {name: L4, count: 1, memory_gib: 24, nic_gbps: 10, shares: [1, 2], executor: {type: cpu, threads: 1}}
              - {name: P4, count: 2, memory_gib: 8, nic_gbps: 10, executor: {type: cpu, threads: 1}}
            """);
        Files.writeString(folder.resolve("workload.yaml"), """
            format: workload
            version: 1
            models:
              - {name: sample, onnx: sample.onnx, slo_ms: 20}
            """);
    }

    private String[] with(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-d", folder.toString()));
        return all.toArray(String[]::new);
    }

    private Profile written() {
        return ProfileFile.read(folder.resolve("profile.json"));
    }

    @Test
    void estimatesTheWorkloadForTheSharesOfItsCluster() {
        MainTest.Ended ended = assertOk(with("profile", "--estimate", "L4,p4"));

        assertThat(ended.out()).contains("us on L4 1/2 (estimated)", "us on P4 (estimated)", "nine blocks in ten");
        assertThat(written().models().getFirst().latencies()).hasSize(3).allSatisfy(table -> {
            assertThat(table.provenance().kind()).isEqualTo(Provenance.Kind.ESTIMATED);
            assertThat(table.provenance().band()).isPresent();
        });
    }

    @Test
    void plansFromEstimatesAndSaysSo() {
        assertOk(with("profile", "--estimate", "L4,P4"));

        assertThat(assertOk(with("plan")).out()).contains("Estimated GPUs: ", "L4 between ");
        assertOk(with("plan", "check"));
        MainTest.Ended pessimistic = assertOk(with("plan", "--pessimistic"));
        assertThat(pessimistic.out()).contains("and 1.00 times as long");
        assertOk(with("plan", "check", "--pessimistic"));
        assertThat(MainTest.run(with("plan", "check")).out()).contains("It was made for another profile");
    }

    @Test
    void takesModelFilesInPlaceOfAWorkload() throws IOException {
        Files.delete(folder.resolve("workload.yaml"));

        assertOk(with(
                "profile",
                "--estimate",
                "A100",
                "--shares",
                "1,2",
                folder.resolve("sample.onnx").toString()));

        assertThat(written().models().getFirst().model()).isEqualTo("sample");
        assertThat(written()
                        .models()
                        .getFirst()
                        .latencies("A100", 2)
                        .orElseThrow()
                        .provenance()
                        .conditions())
                .contains("not measured: coefficients of L4");
    }

    @Test
    void refusesWhatItCannotEstimate() throws IOException {
        assertThat(MainTest.run(with("profile", "--estimate", "L5")).err()).contains("maybe L4", "H200");
        assertThat(MainTest.run(with("profile", "--estimate", "L4", "--seconds", "1"))
                        .err())
                .contains("--seconds says nothing to it");
        assertThat(MainTest.run(with("profile", "--shares", "2")).err()).contains("--shares belongs to --estimate");
        assertThat(MainTest.run(with("profile", "--estimate", "L4", "--shares", "0"))
                        .err())
                .contains("must be at least 1");
        assertThat(MainTest.run(with("profile", "--pessimistic")).err()).contains("belongs to `ppipe plan`");
        Files.writeString(folder.resolve("a.onnx"), "no model");
        assertThat(MainTest.run(with(
                                "profile",
                                "--estimate",
                                "L4",
                                folder.resolve("a.onnx").toString()))
                        .code())
                .isEqualTo(Main.FAILED);
    }

    @Test
    void keepsMeasuredLatencies() {
        assertOk(with("profile", "--batches", "1", "--blocks", "2", "--seconds", "0.2"));

        assertThat(MainTest.run(with("profile", "--estimate", "L4")).err()).contains("Name another file by -o");
        assertThat(MainTest.run(with("plan", "--pessimistic")).err()).contains("no latency in it is estimated");
    }
}
