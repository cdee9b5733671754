package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.model.BoundaryType;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundTripTest {
    private static final SessionSettings PLAIN = new SessionSettings(1, Optimisation.NONE);

    @TempDir
    private Path directory;

    @Test
    void namesTheOutputsOfOtherBits() throws Exception {
        ModelGraph graph = ModelGraph.read(new TestGraph()
                .input("x", -1, 8)
                .node("Relu", "same", List.of("x"))
                .node("RandomUniformLike", "noise", List.of("same"))
                .node("Add", "other", List.of("same", "noise"))
                .output("same", -1, 8)
                .output("other", -1, 8)
                .write(directory));

        RoundTrip whole = RoundTrip.of("random", graph, PLAIN, directory);

        assertThat(whole.differing(new TreeSet<>(List.of(0)))).containsExactly("other");
    }

    @Test
    void findsNothingWhereNothingDiffers() throws Exception {
        ModelGraph graph = ModelGraph.read(new TestGraph()
                .input("x", -1, 8)
                .weight("w", 8, 8)
                .node("Relu", "early", List.of("x"))
                .node("MatMul", "m", List.of("early", "w"))
                .node("Softmax", "y", List.of("m"))
                .output("early", -1, 8)
                .output("y", -1, 8)
                .write(directory));

        RoundTrip whole = RoundTrip.of("steady", graph, PLAIN, directory);

        assertThat(whole.differing(new TreeSet<>(List.of(0, 1)))).isEmpty();
    }

    @Test
    void float16BoundariesChangeOutputsALittle() throws Exception {
        ModelGraph graph = ModelGraph.read(new TestGraph()
                .input("x", -1, 8)
                .weight("w", 8, 8)
                .node("Sigmoid", "a", List.of("x"))
                .node("MatMul", "m", List.of("a", "w"))
                .node("Sigmoid", "y", List.of("m"))
                .output("y", -1, 8)
                .write(directory));
        RoundTrip whole = RoundTrip.of("rounded", graph, PLAIN, directory);

        double unchanged = whole.outputError(CutModel.of(graph, BoundaryType.UNCHANGED, List.of(1, 1, 1)));
        double rounded = whole.outputError(CutModel.of(graph, BoundaryType.FLOAT16, List.of(1, 1, 1)));

        assertThat(unchanged).isZero();
        assertThat(rounded).isBetween(1e-7, 1e-2); // float16 has 11 bits
    }
}
