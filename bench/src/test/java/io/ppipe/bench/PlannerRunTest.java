package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.format.PlanFile;
import io.ppipe.model.Certificate;
import io.ppipe.model.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerRunTest {
    @TempDir
    private Path folder = Path.of(".");

    @Test
    void twoRunsOfEachAlgorithmWriteTheSameBytes() throws IOException {
        SmallReference.write(folder);
        for (PlanTask task : new ReferenceFolder(folder).instances(Pattern.compile(""))) {
            for (String algorithm : PlannerRun.ALGORITHMS) {
                assertThat(bytes(task, algorithm))
                        .as(task.name() + " " + algorithm)
                        .isEqualTo(bytes(task, algorithm));
            }
        }
    }

    private byte[] bytes(PlanTask task, String algorithm) throws IOException {
        PlannerRun run = PlannerRun.of(task, algorithm, 0.001, 60, Progress.NONE);
        assertThat(run.plan().orElseThrow().certificate().ended())
                .isIn(Certificate.Ended.GAP, Certificate.Ended.EXHAUSTED);
        Path file = folder.resolve("plan.json");
        PlanFile.write(run.plan().orElseThrow(), file);
        return Files.readAllBytes(file);
    }
}
