package io.ppipe.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class StageSessionTest {
    private static final SessionSettings ONE_THREAD = new SessionSettings(1, Optimisation.NONE);
    private static final long SEED = 7;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(Optimisation.class)
    void givesTheSameBitsAsAPlainRunForEveryBatchSizeWithOneSession(Optimisation optimisation) throws Exception {
        var random = new Random(SEED);
        Partition partition = TinyModel.convolution(directory, random);
        var settings = new SessionSettings(2, optimisation);

        try (var session = StageSession.open(partition, settings)) {
            for (int batchSize = 1; batchSize <= 8; batchSize++) {
                ByteBuffer input = randomFloats(partition.inputs().getFirst(), batchSize, random);
                ByteBuffer output = StageSession.buffer(partition.outputs().getFirst(), batchSize);

                session.run(batchSize, List.of(input), List.of(output));

                assertThat(floats(output))
                        .as("batch of %d", batchSize)
                        .isEqualTo(plainRun(partition, settings, batchSize, input));
            }
        }
    }

    @Test
    void usesTheStartOfLargerBuffersAndLeavesPositionsAndTheRestAlone() throws Exception {
        Partition partition = TinyModel.binary(directory, "Add", ElementType.FP32, List.of(-1L, 2L));
        ByteBuffer input = StageSession.buffer(partition.inputs().getFirst(), 4);
        ByteBuffer output = StageSession.buffer(partition.outputs().getFirst(), 4);
        for (int i = 0; i < 8; i++) {
            input.putFloat(i * 4, i + 1);
        }
        input.position(5).limit(6);
        output.position(3).limit(7);

        try (var session = StageSession.open(partition, ONE_THREAD)) {
            session.run(2, List.of(input), List.of(output));
        }

        assertThat(input.position()).isEqualTo(5);
        assertThat(output.position()).isEqualTo(3);
        assertThat(output.limit()).isEqualTo(7);
        assertThat(floats(output.duplicate().clear())).containsExactly(2, 4, 6, 8, 0, 0, 0, 0);
    }

    @Test
    void fillsAnOutputThatIsAnInputUnchanged() throws Exception {
        Partition partition = TinyModel.passingItsInputOn(directory);
        ByteBuffer input = StageSession.buffer(partition.inputs().getFirst(), 1);
        ByteBuffer sum = StageSession.buffer(partition.outputs().getFirst(), 1);
        ByteBuffer passed = StageSession.buffer(partition.outputs().getLast(), 1);
        input.putFloat(0, 1).putFloat(4, -2).position(8);

        try (var session = StageSession.open(partition, ONE_THREAD)) {
            session.run(1, List.of(input), List.of(sum, passed));
        }

        assertThat(floats(sum)).containsExactly(2, -4);
        assertThat(floats(passed)).containsExactly(1, -2);
    }

    @Test
    void givesTheSameBitsToConcurrentRuns() throws Exception {
        Partition partition = TinyModel.convolution(directory, new Random(SEED));
        try (var session = StageSession.open(partition, ONE_THREAD);
                var threads = Executors.newFixedThreadPool(4)) {
            List<Future<Boolean>> runs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int batchSize = i + 1;
                ByteBuffer input = randomFloats(partition.inputs().getFirst(), batchSize, new Random(i));
                float[] expected = plainRun(partition, ONE_THREAD, batchSize, input);
                runs.add(threads.submit(() -> {
                    for (int repeat = 0; repeat < 50; repeat++) {
                        ByteBuffer output =
                                StageSession.buffer(partition.outputs().getFirst(), batchSize);
                        session.run(batchSize, List.of(input), List.of(output));
                        if (!Arrays.equals(floats(output), expected)) {
                            return false;
                        }
                    }
                    return true;
                }));
            }
            for (Future<Boolean> run : runs) {
                assertThat(run.get()).isTrue();
            }
        }
    }

    @Test
    void closesWhileAnotherThreadRunsAndRefusesLaterRuns() throws Exception {
        Partition partition = TinyModel.convolution(directory, new Random(SEED));
        ByteBuffer input = StageSession.buffer(partition.inputs().getFirst(), 8);
        ByteBuffer output = StageSession.buffer(partition.outputs().getFirst(), 8);
        for (int round = 0; round < 20; round++) {
            StageSession session = StageSession.open(partition, ONE_THREAD);
            try (var thread = Executors.newSingleThreadExecutor()) {
                session.run(8, List.of(input), List.of(output));
                Future<?> runner = thread.submit(() -> {
                    while (true) {
                        session.run(8, List.of(input), List.of(output));
                    }
                });
                session.close();
                session.close();

                assertThatThrownBy(runner::get).hasCauseInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void doublesFloat16Tensors() throws Exception {
        Partition partition = TinyModel.binary(directory, "Add", ElementType.FP16, List.of(-1L, 3L));
        ByteBuffer input = StageSession.buffer(partition.inputs().getFirst(), 1);
        ByteBuffer output = StageSession.buffer(partition.outputs().getFirst(), 1);
        float[] values = {0.5f, -3, 1024};
        for (int i = 0; i < 3; i++) {
            input.putShort(2 * i, Float.floatToFloat16(values[i]));
        }

        try (var session = StageSession.open(partition, ONE_THREAD)) {
            session.run(1, List.of(input), List.of(output));
        }

        for (int i = 0; i < 3; i++) {
            assertThat(Float.float16ToFloat(output.getShort(2 * i))).isEqualTo(2 * values[i]);
        }
    }

    @Test
    void doublesInt64Tensors() throws Exception {
        Partition partition = TinyModel.binary(directory, "Add", ElementType.INT64, List.of(-1L, 2L));
        ByteBuffer input = StageSession.buffer(partition.inputs().getFirst(), 1);
        ByteBuffer output = StageSession.buffer(partition.outputs().getFirst(), 1);
        input.putLong(0, 1L << 40).putLong(8, -5);

        try (var session = StageSession.open(partition, ONE_THREAD)) {
            session.run(1, List.of(input), List.of(output));
        }

        assertThat(output.getLong(0)).isEqualTo(1L << 41);
        assertThat(output.getLong(8)).isEqualTo(-10);
    }

    /** Identity is one of the few operators that ONNX Runtime runs on every type. */
    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            mode = Mode.EXCLUDE,
            names = {"UINT16", "UINT32", "UINT64", "BYTES"})
    void passesEveryTypeThatOnnxRuntimesJavaInterfaceCan(ElementType type) throws Exception {
        Partition partition = TinyModel.identity(directory, type, List.of(-1L, 4L));
        ByteBuffer input = StageSession.buffer(partition.inputs().getFirst(), 2);
        ByteBuffer output = StageSession.buffer(partition.outputs().getFirst(), 2);
        for (int i = 0; i < input.capacity(); i++) {
            input.put(i, (byte) (i % 2)); // 0 and 1 are the only bytes that a BOOL may have
        }

        try (var session = StageSession.open(partition, ONE_THREAD)) {
            session.run(2, List.of(input), List.of(output));
        }

        assertThat(output).isEqualTo(input);
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"UINT16", "UINT32", "UINT64", "BYTES"})
    void refusesTypesThatOnnxRuntimesJavaInterfaceCannotPass(ElementType type) {
        Partition partition = TinyModel.identity(directory, type, List.of(-1L, 4L));

        assertThatThrownBy(() -> StageSession.open(partition, ONE_THREAD))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("tensor input has type " + type);
    }

    @Test
    void refusesBuffersThatDoNotFit() {
        Partition partition = TinyModel.binary(directory, "Add", ElementType.FP32, List.of(-1L, 2L));
        ByteBuffer fits = StageSession.buffer(partition.inputs().getFirst(), 2);
        ByteBuffer small = StageSession.buffer(partition.inputs().getFirst(), 1);
        ByteBuffer heap = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
        ByteBuffer foreign = fits.duplicate()
                .order(
                        ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                                ? ByteOrder.LITTLE_ENDIAN
                                : ByteOrder.BIG_ENDIAN);

        try (var session = StageSession.open(partition, ONE_THREAD)) {
            for (ByteBuffer bad : List.of(small, heap, foreign)) {
                assertThatThrownBy(() -> session.run(2, List.of(bad), List.of(fits)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("input");
                assertThatThrownBy(() -> session.run(2, List.of(fits), List.of(bad)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("output");
            }
            ByteBuffer readOnly = fits.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
            assertThatThrownBy(() -> session.run(2, List.of(fits), List.of(readOnly)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("read-only");
            assertThatThrownBy(() -> session.run(2, List.of(), List.of(fits)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("takes 1 input buffers, not 0");
            assertThatThrownBy(() -> session.run(0, List.of(fits), List.of(fits)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Batch size (0)");
        }
    }

    @Test
    void refusesBatchesWhereTheModelHasAFixedShape() throws Exception {
        Partition partition = TinyModel.binary(directory, "Add", ElementType.FP32, List.of(1L, 2L));
        ByteBuffer input = StageSession.buffer(partition.inputs().getFirst(), 2);
        ByteBuffer output = StageSession.buffer(partition.outputs().getFirst(), 2);

        try (var session = StageSession.open(partition, ONE_THREAD)) {
            session.run(1, List.of(input), List.of(output));
            assertThatThrownBy(() -> session.run(2, List.of(input), List.of(output)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be 1");
        }
    }

    @Test
    void failsWhenAnOutputHasAnotherShapeThanItsSpec() {
        Partition real = TinyModel.binary(directory, "Add", ElementType.FP32, List.of(-1L, 4L));
        for (List<Long> wrong : List.of(List.of(-1L, 2L), List.of(-1L, 8L), List.of(-1L, 2L, 2L), List.of(4L))) {
            var spec = new TensorSpec("output", ElementType.FP32, wrong);
            var partition = new Partition("tiny", 3, 5, real.onnx(), real.inputs(), List.of(spec));

            try (var session = StageSession.open(partition, ONE_THREAD)) {
                ByteBuffer input = StageSession.buffer(real.inputs().getFirst(), 1);
                ByteBuffer output = StageSession.buffer(spec, 1);
                assertThatThrownBy(() -> session.run(1, List.of(input), List.of(output)))
                        .as("spec %s", wrong)
                        .isInstanceOf(ExecutionException.class)
                        .hasMessageContaining("Model tiny, blocks 3 to 4, batch of 1: ")
                        .hasMessageNotContaining("\n");
            }
        }
    }

    @Test
    void saysInOneLineWhyAFileCannotBeLoaded() throws IOException {
        Partition whole = TinyModel.convolution(directory, new Random(SEED));
        byte[] bytes = Files.readAllBytes(whole.onnx());
        Path truncated = directory.resolve("truncated.onnx");
        Files.write(truncated, Arrays.copyOf(bytes, bytes.length / 2));
        Path empty = Files.createFile(directory.resolve("empty.onnx"));

        assertRefused(truncated, "Protobuf parsing failed.");
        assertRefused(empty, "ModelProto does not have a graph.");
        assertRefused(directory.resolve("absent.onnx"), "File doesn't exist");
        assertRefused(
                TinyModel.binary(directory, "Frobnicate", ElementType.FP32, List.of(-1L, 4L))
                        .onnx(),
                "Frobnicate");
    }

    @Test
    void namesATensorThatTheFileLacks() {
        Partition partition = TinyModel.binary(directory, "Add", ElementType.FP32, List.of(-1L, 4L));
        var absent = new TensorSpec("absent", ElementType.FP32, List.of(-1L, 4L));

        assertThatThrownBy(() -> StageSession.open(
                        new Partition("tiny", 0, 1, partition.onnx(), partition.inputs(), List.of(absent)), ONE_THREAD))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith("binary.onnx: it has no output absent; it has [output].");
    }

    private static void assertRefused(Path file, String reason) {
        assertThatThrownBy(() -> StageSession.open(new Partition("bad", 0, 1, file, List.of(), List.of()), ONE_THREAD))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + ": ONNX Runtime " + OnnxRuntime.version() + " cannot load it: ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n")
                .hasMessageNotContaining("onnxruntime_src")
                .hasMessageNotContaining("Error code");
    }

    private static ByteBuffer randomFloats(TensorSpec spec, int batchSize, Random random) {
        ByteBuffer buffer = StageSession.buffer(spec, batchSize);
        FloatBuffer floats = buffer.asFloatBuffer();
        while (floats.hasRemaining()) {
            floats.put(random.nextFloat() - 0.5f);
        }
        return buffer;
    }

    private static float[] floats(ByteBuffer buffer) {
        FloatBuffer floats = buffer.order(ByteOrder.nativeOrder()).asFloatBuffer();
        var values = new float[floats.remaining()];
        floats.get(values);
        return values;
    }

    /** The whole file by ONNX Runtime's own copying interface: heap arrays in, its own memory out. */
    private static float[] plainRun(Partition partition, SessionSettings settings, int batchSize, ByteBuffer input)
            throws OrtException {
        TensorSpec spec = partition.inputs().getFirst();
        long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = batchSize;
        try (var options = OnnxRuntime.options(settings);
                var session =
                        OnnxRuntime.environment().createSession(partition.onnx().toString(), options);
                var tensor =
                        OnnxTensor.createTensor(OnnxRuntime.environment(), FloatBuffer.wrap(floats(input)), shape);
                var result = session.run(Map.of(spec.name(), tensor))) {
            return floats(((OnnxTensor) result.get(0)).getByteBuffer());
        }
    }
}
