package io.ppipe.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTraceTest {
    private static final SessionSettings ONE_THREAD = new SessionSettings(1, Optimisation.NONE);

    @TempDir
    private Path directory;

    @Test
    void takesDownEveryRunOfANodeWithItsNameAsWritten() throws ExecutionException {
        String oddName = "a \"quoted\", back\\slashed_kernel_time\",\"args\" : {";
        Partition partition = TinyModel.named(
                oddName, TinyModel.binary(directory, "Add", ElementType.FP32, List.of(-1L, 1_000_000L)));
        ByteBuffer input = StageSession.buffer(partition.inputs().getFirst(), 1);
        ByteBuffer output = StageSession.buffer(partition.outputs().getFirst(), 1);

        try (var trace = KernelTrace.open(partition, ONE_THREAD)) {
            for (int i = 0; i < 3; i++) {
                trace.run(1, List.of(input), List.of(output));
            }

            var micros = trace.end();
            assertThat(micros).containsOnlyKeys(oddName);
            assertThat(micros.get(oddName)).hasSize(3).allMatch(us -> us >= 10 && us < 1_000_000);
        }
    }

    @Test
    void refusesABrokenFileAsASessionDoes() {
        var absent = new Partition("absent", 0, 1, directory.resolve("absent.onnx"), List.of(), List.of());

        assertThatThrownBy(() -> KernelTrace.open(absent, ONE_THREAD)).isInstanceOf(BadInputException.class);
    }
}
