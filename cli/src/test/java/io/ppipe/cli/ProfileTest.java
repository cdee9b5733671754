package io.ppipe.cli;

import static io.ppipe.cli.SampleFolder.assertOk;
import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.format.ProfileFile;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import io.ppipe.profile.Earlier;
import io.ppipe.zoo.SampleModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ppipe profile}: merged, resumed, verified. */
class ProfileTest {
    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void aFolder() throws IOException {
        SampleModel.write(folder.resolve("sample.onnx"), 1);
        Files.writeString(folder.resolve("cluster.yaml"), """
            format: cluster
            version: 1
            name: small
            classes:
              - {name: cpu, count: 1, memory_gib: 8, nic_gbps: 10, executor: {type: cpu, threads: 1}}
              - {name: wide, count: 1, memory_gib: 8, nic_gbps: 10, executor: {type: cpu, threads: 2}}
            """);
        Files.writeString(folder.resolve("workload.yaml"), """
            format: workload
            version: 1
            models:
              - {name: sample, onnx: sample.onnx, slo_ms: 100}
            """);
    }

    private MainTest.Ended profile(String... more) {
        var arguments = new ArrayList<>(
                List.of("profile", "-d", folder.toString(), "--batches", "1", "--blocks", "4", "--seconds", "0.3"));
        arguments.addAll(List.of(more));
        return MainTest.run(arguments.toArray(String[]::new));
    }

    private Path file() {
        return folder.resolve("profile.json");
    }

    private ModelProfile written() {
        return ProfileFile.read(file()).models().getFirst();
    }

    @Test
    void measuresTheWholeModelAndSaysHowWellItIsKnown() {
        MainTest.Ended ended = profile();

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("as one stage, or their sum", "cpu 1/1: ", "median within 2.0 %", "outliers");
        assertThat(written().latencies())
                .hasSize(2)
                .allMatch(table -> table.runs().size() == 1);
        assertThat(folder.resolve("profile.json.parts")).doesNotExist();
    }

    @Test
    void goesOnWithWhatWasMeasuredBeforeItStopped() {
        assertThat(profile().code()).isZero();
        ModelProfile all = written();
        LatencyTable cpu = all.latencies("cpu", 1).orElseThrow();
        ProfileFile.write(new Profile(List.of(all.withLatencies(List.of(cpu)))), folder.resolve("profile.json.parts"));

        assertThat(profile().code()).isZero();

        assertThat(written().latencies("cpu", 1)).contains(cpu);
        assertThat(written().latencies("wide", 1)).isPresent().isNotEqualTo(all.latencies("wide", 1));
        assertThat(folder.resolve("profile.json.parts")).doesNotExist();
    }

    @Test
    void mergesAClassAndKeepsTheRest() {
        assertThat(profile("--merge").err()).contains("--merge has nothing to add to");
        assertThat(profile().code()).isZero();
        ModelProfile before = written();

        assertThat(profile("--merge", "--class", "wide").code()).isZero();

        assertThat(written().blocks()).isEqualTo(before.blocks());
        assertThat(written().latencies("cpu", 1)).isEqualTo(before.latencies("cpu", 1));
        assertThat(written().latencies("wide", 1)).isNotEqualTo(before.latencies("wide", 1));

        SampleModel.write(folder.resolve("sample.onnx"), 2);
        MainTest.Ended other = profile("--merge");
        assertThat(other.code()).isEqualTo(Main.FAILED);
        assertThat(other.err()).contains("the profile to merge into is of another file");
    }

    @Test
    void oldTablesAreNotAmongThePartsOfAMerge() {
        assertThat(profile().code()).isZero();
        ModelProfile old = written();
        LatencyTable cpu = old.latencies("cpu", 1).orElseThrow();
        var parts = new ProfileParts(file(), true);

        parts.of("sample").finished().accept(old.withLatencies(List.of(cpu)));
        parts.finished(old); // with what stays of the profile merged into
        parts.of("another").finished().accept(named("another", old));

        // A run that goes on from here measures wide anew, and nothing twice.
        Earlier earlier = new ProfileParts(file(), true).of("sample");
        assertThat(earlier.parts().orElseThrow().latencies()).containsExactly(cpu);
        assertThat(parts.profile().models()).extracting(ModelProfile::model).containsExactly("sample");
    }

    private static ModelProfile named(String name, ModelProfile model) {
        return new ModelProfile(
                name,
                model.modelSha256(),
                model.boundary(),
                model.inputs(),
                model.outputs(),
                model.blocks(),
                model.cuts(),
                model.latencies(),
                model.note());
    }

    @Test
    void aGpuIsOfOneClassAndNeedsABuildForGpus() {
        assertThat(profile("--device", "cuda:0").err()).contains("by --class: [cpu, wide]");
        assertThat(profile("--device", "gpu").code()).isEqualTo(Main.USAGE);
    }

    @Test
    void verifiesThatBlocksSumToTheWhole() {
        assertThat(profile().code()).isZero();
        String onnx = folder.resolve("sample.onnx").toString();

        MainTest.Ended good =
                assertOk("profile", "verify", file().toString(), onnx, "--seconds", "0.2", "--tolerance", "9");
        assertThat(good.out())
                .contains(
                        "sample: 4 blocks",
                        "lost fusions",
                        "Recorded in ",
                        "Measured on cpu (cpu-time): the sum of the blocks");

        MainTest.Ended strict =
                MainTest.run("profile", "verify", file().toString(), onnx, "--seconds", "0", "--tolerance", "0");
        assertThat(strict.code()).isEqualTo(Main.FAILED);
        assertThat(strict.out()).contains("more than 0 %");

        SampleModel.write(folder.resolve("sample.onnx"), 2);
        assertThat(MainTest.run("profile", "verify", file().toString(), onnx).err())
                .contains("has no model of this file");
    }
}
