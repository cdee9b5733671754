package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Plan;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedPlanTest {
    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void writeFolder() throws IOException {
        SmallReference.write(folder);
    }

    private PlanTask task() {
        return new ReferenceFolder(folder).instances(Pattern.compile("two-a")).getFirst();
    }

    private Plan plan() {
        return PublishedPlan.read(folder, task(), "ppipe").orElseThrow();
    }

    private Plan plan(String text) throws IOException {
        Files.writeString(folder.resolve("plans/two-a-ppipe.json"), text);
        return plan();
    }

    private static List<String> places(Plan plan, int model, String gpuClass) {
        return plan.vgpus().stream()
                .filter(vgpu -> vgpu.model() == model && vgpu.gpuClass().equals(gpuClass))
                .map(vgpu -> "%d.%d of %d: %d/%d"
                        .formatted(vgpu.gpu(), vgpu.slot(), vgpu.sharesPerGpu(), vgpu.pipeline(), vgpu.stage()))
                .toList();
    }

    @Test
    void readsPoolsWithTheLatenciesOfTheFolder() {
        Plan plan = plan();

        assertThat(plan.clusterName()).isEqualTo(task().scenario().cluster().name());
        assertThat(plan.algorithm()).isEqualTo("published");
        assertThat(plan.models().getFirst().throughputPerSecond()).isEqualTo(285);
        assertThat(plan.models().getFirst().pipelines().getFirst().stages())
                .containsExactly(new Stage(0, 1, "slow", 1, 3, 6000), new Stage(1, 3, "fast", 2, 2, 3501 + 3502));
        assertThat(plan.certificate().objective()).isEqualTo(285 / 0.6);
    }

    @Test
    void fillsGpusInOrderAndNoneWithTwoModels() {
        Plan plan = plan();

        assertThat(places(plan, 0, "slow")).containsExactly("0.0 of 1: 0/0", "1.0 of 1: 0/0", "2.0 of 1: 0/0");
        assertThat(places(plan, 1, "slow")).containsExactly("3.0 of 1: 0/0", "4.0 of 1: 0/0", "5.0 of 1: 0/0");
        assertThat(places(plan, 0, "fast")).containsExactly("0.0 of 2: 0/1", "0.1 of 2: 0/1");
        assertThat(places(plan, 1, "fast")).containsExactly("1.0 of 2: 0/1", "1.1 of 2: 0/1");
    }

    @Test
    void pipelinesOfAModelShareGpusLargerSharesFirst() throws IOException {
        Plan plan = plan("""
            [
              {"model": "m", "throughput_rps": 300, "pipelines": [
                {"throughput_rps": 140, "batch": 1, "stages": [
                  {"blocks": [0, 1], "class": "slow", "shares_per_gpu": 1, "gpus": 1},
                  {"blocks": [1, 3], "class": "fast", "shares_per_gpu": 2, "gpus": 0.4999999}]},
                {"throughput_rps": 160, "batch": 1, "stages": [
                  {"blocks": [0, 2], "class": "slow", "shares_per_gpu": 1, "gpus": 2},
                  {"blocks": [2, 3], "class": "fast", "shares_per_gpu": 1, "gpus": 1}]}]},
              {"model": "n", "throughput_rps": 100, "pipelines": [
                {"throughput_rps": 100, "batch": 2, "stages": [
                  {"blocks": [0, 3], "class": "slow", "shares_per_gpu": 1, "gpus": 3}]}]}
            ]
            """);

        assertThat(places(plan, 0, "fast")).containsExactly("0.0 of 1: 1/1", "1.0 of 2: 0/1");
        assertThat(places(plan, 0, "slow")).containsExactly("0.0 of 1: 0/0", "1.0 of 1: 1/0", "2.0 of 1: 1/0");
        for (int gpu = 0; gpu < 2; gpu++) {
            int number = gpu;
            assertThat(plan.vgpus().stream()
                            .filter(vgpu -> vgpu.gpuClass().equals("fast") && vgpu.gpu() == number)
                            .mapToDouble(vgpu -> 1.0 / vgpu.sharesPerGpu())
                            .sum())
                    .isLessThanOrEqualTo(1);
        }
        assertThat(plan.vgpus())
                .extracting(Vgpu::model)
                .filteredOn(model -> model == 1)
                .hasSize(3);
    }

    @Test
    void aPlanThatIsNotThereIsNone() {
        assertThat(PublishedPlan.read(folder, task(), "np")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"gpus\": 3.0            | \"gpus\": 4.0            | it needs 8 GPUs of class 'slow'; the instance"
                        + " has 6",
                "\"class\": \"slow\"      | \"class\": \"odd\"       | no latencies for class 'odd' with 1 share",
                "\"shares_per_gpu\": 2    | \"shares_per_gpu\": 3    | no latencies for class 'fast' with 3 share",
                "[1, 3]                   | [1, 4]                   | blocks [1, 4)",
                "[1, 3]                   | [2, 3]                   | must begin with block 1",
                "[1, 3]                   | [1, 1]                   | blocks [1, 1)",
                "[1, 3]                   | [1, 2]                   | ends before block 2 of 3",
                "\"gpus\": 1.0            | \"gpus\": 0.7            | batch 1 on 1.4 vGPUs",
                "\"gpus\": 1.0            | \"gpus\": 0              | batch 1 on 0.0 vGPUs",
                "\"batch\": 1             | \"batch\": 3             | Batch size (3) must be between 1 and 2",
                "\"batch\": 1             | \"batch\": 0             | batch 0",
                "\"batch\": 1             | \"batch\": \"two\"       | batch",
                "\"throughput_rps\": 285  | \"throughput_rps\": 0    | throughput_rps",
                "\"model\": \"n\"         | \"model\": \"other\"     | no model 'n'",
                "\"model\": \"n\",        | \"model\" \"n\",         | was expecting"
            })
    void whatCanNotBeIsOneLineThatNamesTheFile(String before, String after, String message) {
        assertThat(SmallReference.PLAN).contains(before);
        assertThatThrownBy(() -> plan(SmallReference.PLAN.replace(before, after)))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("two-a-ppipe.json: ")
                .hasMessageContaining(message)
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain("\n");
    }
}
