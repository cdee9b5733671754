package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Demand;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.Slo;
import io.ppipe.model.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadFileTest {
    private static final String GOOD = """
        format: workload
        version: 1
        models:
          - name: resnet
            slo_ms: 12.5
        """;

    @TempDir
    Path folder;

    @Test
    void readsTheExamplesAndResolvesTheirPaths() {
        Path file = Examples.example("two-gpu-classes/workload.yaml");

        assertThat(WorkloadFile.read(file).models())
                .containsExactly(new ModelDemand(
                        "resnet",
                        Optional.of(file.resolveSibling("resnet.onnx")),
                        new Slo(200_000, 0.99),
                        new Demand.Weight(1),
                        BoundaryType.UNCHANGED));
        assertThat(WorkloadFile.read(Examples.example("cpu/workload.yaml"))
                        .models()
                        .getFirst()
                        .demand())
                .isEqualTo(new Demand.Rate(5));
    }

    @Test
    void fillsInDefaults() throws IOException {
        assertThat(read(GOOD))
                .isEqualTo(new Workload(
                        List.of(new ModelDemand(
                                "resnet",
                                Optional.empty(),
                                new Slo(12_500, 0.99),
                                new Demand.Weight(1),
                                BoundaryType.UNCHANGED)),
                        Optional.empty()));
    }

    @Test
    void resolvesPathsFromTheFolderOfTheFile() throws IOException {
        Workload workload = read(GOOD + "    onnx: ../models/a.onnx\nprofile: /var/p.json\n");

        assertThat(workload.models().getFirst().onnx()).contains(folder.resolveSibling("models/a.onnx"));
        assertThat(workload.profile()).contains(Path.of("/var/p.json"));
    }

    @Test
    void refusesDemandAndWeightTogether() throws IOException {
        assertProblem(
                GOOD + "    demand_rps: 3\n    weight: 2\n",
                ":4: a model has either 'demand_rps' or 'weight', not both");
        assertProblem(GOOD + "    weight: 0\n", ":4: Weight (0.0) must be a finite number above 0.");
    }

    @Test
    void refusesNamesThatAreNoPathSegments() throws IOException {
        for (String name : List.of("../etc", "a/b", "''", "a b", ".hidden", "a?b", "größe", "x".repeat(101))) {
            assertProblem(GOOD.replace("resnet", name), ":4: model name '");
        }
    }

    @Test
    void refusesAnSloThatIsNoPositiveTime() throws IOException {
        assertProblem(GOOD.replace("12.5", "0"), ":4: SLO latency (0 us) must be at least 1 us.");
        assertProblem(GOOD.replace("12.5", "-3"), ":4: SLO latency (-3000 us) must be at least 1 us.");
        assertProblem(GOOD.replace("12.5", "1e17"), ":5: key 'slo_ms' (1E+17) is out of range");
        assertProblem(GOOD.replace("12.5", "200ms"), ":5: key 'slo_ms' must be a number, found text '200ms'");
        assertProblem(
                GOOD + "    slo_target: 99\n",
                ":4: SLO target (99.0) must be in (0, 1]. Maybe it was given in percent.");
    }

    @Test
    void suggestsTheKeyWithItsUnit() throws IOException {
        assertProblem(
                GOOD.replace("slo_ms", "slo"),
                ":5: key 'slo' is not known in a model; maybe you meant 'slo_ms' (allowed: ");
        assertProblem(
                GOOD + "    demand: 3\n",
                ":6: key 'demand' is not known in a model; maybe you meant 'demand_rps' (allowed: ");
        assertProblem(
                GOOD + "    boundary: float32\n", ":6: key 'boundary' ('float32') must be one of: unchanged, float16");
    }

    @Test
    void refusesModelsThatAreThereTwice() throws IOException {
        assertProblem(GOOD + "  - name: resnet\n    slo_ms: 1\n", ":1: Model resnet is there twice.");
        assertProblem(
                GOOD.substring(0, GOOD.indexOf("models")) + "models: []\n",
                ":1: A workload must have at least one model.");
    }

    @Test
    void refusesPathsThatAreNone() throws IOException {
        assertProblem(GOOD + "    onnx: ''\n", ":6: key 'onnx' is empty; give a file, or leave the key out");
        assertProblem(GOOD + "    onnx: \"a\\0b\"\n", ":6: key 'onnx' ('a\\u0000b') is not a path");
    }

    @Test
    void writesPathsFromTheFolderOfTheFile() throws IOException {
        Path file = folder.resolve("w.yaml");
        WorkloadFile.write(read(GOOD + "    onnx: sub/a.onnx\n"), file);

        assertThat(Files.readString(file)).isEqualTo("""
            format: workload
            version: 1
            models:
              - name: resnet
                onnx: sub/a.onnx
                slo_ms: 12.5
                slo_target: 0.99
                weight: 1
                boundary: unchanged
            """);
    }

    private Workload read(String text) throws IOException {
        return WorkloadFile.read(Files.writeString(folder.resolve("workload.yaml"), text));
    }

    private void assertProblem(String text, String problem) throws IOException {
        Path file = Files.writeString(folder.resolve("workload.yaml"), text);
        assertThatThrownBy(() -> WorkloadFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + problem);
    }
}
