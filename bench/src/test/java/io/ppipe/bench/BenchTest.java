package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The benchmarks as a person calls them, on a folder of invented figures. */
class BenchTest {
    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void writeFolder() throws IOException {
        SmallReference.write(folder);
    }

    private Ended bench(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--reference=" + folder);
        all.add("--json=" + folder.resolve("report.json"));
        return Ended.of(all);
    }

    private String report() throws IOException {
        return Files.readString(folder.resolve("report.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "scale", "prepartition", "evaluate", "study", "simulate", "zoo"})
    void everyBenchmarkExplainsItself(String name) {
        assertThat(Ended.of(List.of(name, "--help")).out()).doesNotContain("%n", "%%");
        assertThat(Ended.of(List.of(name, "--help")).out()).contains("Usage: ppipe bench " + name, "--reference");
        assertThat(Ended.of(List.of("--help")).out()).contains(name);
    }

    @Test
    void plansEveryInstanceBesideThePublishedPlan() throws IOException {
        Ended ended = bench("plan", "--algorithm", "ppipe,np,dart-r,dart-r-free");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains("Solver start", "two-a", "three-b", "up to 2", "up to 3")
                .containsPattern("two-a +ppipe +100\\.00 ")
                .containsPattern("three-b +np +- ")
                .containsPattern("three-b +dart-r +- ")
                .containsPattern("up to 3 +dart-r-free +1 +0 ");
        assertThat(report())
                .startsWith("{\n  \"format\": \"report\"")
                .contains("\"complete\": true")
                .containsPattern("(?s)\"instance\": \"two-a\",\\s+\"algorithm\": \"ppipe\",\\s+\"objective\":"
                        + " [0-9.]+,\\s+\"published_objective\": 100,\\s+\"bound\": [0-9.]+,\\s+\"gap\":"
                        + " [0-9.e-]+,\\s+\"seconds\": [0-9.e-]+,")
                .contains("\"published_objective\": null");
    }

    @Test
    void anInstanceWithoutAPlanSaysWhyAndTheOthersGoOn() throws IOException {
        Path instances = folder.resolve("instances.csv");
        Files.writeString(instances, SmallReference.INSTANCES.replace("40000.25", "10500.25"));

        Ended ended = bench("plan");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("no plan", "Model m has no feasible pipeline", "three-b");
        assertThat(report()).contains("\"objective\": null", "\"failure\": \"Model m");
    }

    @Test
    void scalesOverClassesModelsAndGpus() throws IOException {
        Ended ended = bench("scale", "--gpus", "9,20", "--classes", "1,2,3", "--models", "2,3", "--stages", "2");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains("Left out: 3 classes", "Left out: 3 models", "5 fast, 4 slow", "10 fast, 10 slow");
        assertThat(report()).contains("\"gpus\": 20", "\"class_names\": [\"fast\", \"slow\"]");
    }

    @Test
    void cutsBesideThePublishedBlocks() throws IOException {
        SmallReference.text(
                folder.resolve("published-prepartition.csv"), "model,lower_bound,upper_bound,blocks\nm,0.5,1.5,3\n");
        Ended ended = bench("prepartition", "--blocks", "3");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("0.7–1.3");
        assertThat(report())
                .contains(
                        "\"boundary_bytes\": 1000",
                        "\"boundary_bytes_at_published_bounds\": 100,",
                        "\"published_boundary_bytes\": 1000",
                        "\"published_keeps_bounds\": true");
    }

    @Test
    void comparesTheZooWithPublishedLayers() throws IOException {
        SmallReference.text(folder.resolve("models.csv"), """
            model,published_name,task,inputs,layers,slo_us
            absent,Absent,detection,3x8x8,9,40000
            repvgg-b3,RepVGG,recognition,3x448x448,60,47500
            """);
        String conv = "/stage0/rbr_reparam/Conv";
        SmallReference.text(folder.resolve("layers/repvgg-b3.csv"), """
            layer,output_shapes,cut_bytes_after
            %s,64x224x224,6422528
            elsewhere,1,
            """.formatted(conv));

        Ended ended = bench("zoo", "--details");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .containsPattern("absent +40\\.0 +not in the zoo +9 +- ")
                .containsPattern("repvgg-b3 +47\\.5 +59 +60 +2 +1 +1 +0\\.000 % +0\\.000 % +0 +0")
                .contains("1 of 2 models generated.");
        assertThat(report()).contains("\"complete\": true", "\"matched\": 1", "\"worst_deviation\": 0");
    }

    @Test
    void timesTheSimulator() throws IOException {
        Ended ended = bench("simulate", "--instances", "two", "--runs", "1", "--requests", "2000");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .containsPattern("two-a +deferred +10 +2 ")
                .containsPattern("synthetic-10000 +reservation +")
                .contains("simulated s ÷ s");
        assertThat(report())
                .contains("\"complete\": true")
                .containsPattern(
                        "(?s)\"plan\": \"two-a\",\\s+\"policy\": \"deferred\",\\s+\"vgpus\": 10,\\s+\"models\":"
                                + " 2,\\s+\"runs\": 1,\\s+\"events_per_second\": [0-9.e]+,");
    }

    @Test
    void wrongUsageIsOneLine() {
        assertThat(Ended.of(List.of("plan")).code()).isEqualTo(2);
        for (Ended ended : List.of(
                bench("plan", "--gap", "1"),
                bench("plan", "--time-limit", "0"),
                bench("plan", "--algorithm", "best"),
                bench("plan", "--instances", "("),
                bench("scale", "--gpus", "0"),
                bench("scale", "--classes", "7"),
                bench("simulate", "--runs", "0"),
                bench("evaluate", "--seeds", "0"),
                bench("evaluate", "--arrivals", "gama"),
                bench("evaluate", "--instances", "none"),
                bench("study", "--study", "pays", "--instances", "("),
                bench("prepartition", "--blocks", "0"))) {
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.err().strip().lines()).hasSize(1);
            assertThat(ended.err()).startsWith("ppipe: ");
        }
    }
}
