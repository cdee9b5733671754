package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import io.ppipe.execute.OnnxRuntime;
import io.ppipe.execute.Partition;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Runs models whole and in stages. */
final class Runs {
    private Runs() {}

    static Map<String, Tensor> whole(Path onnx, OptLevel level, Map<String, Tensor> inputs) throws Exception {
        return run(onnx, level, inputs);
    }

    /**
     * Runs a model stage by stage. From one to the next go only the tensors that the cut between them lists, each as its
     * spec says; what isn't listed is lost.
     *
     * @param ends the block after each stage's last one
     */
    static Map<String, Tensor> inStages(
            CutModel cut, List<Integer> ends, Path directory, OptLevel level, Map<String, Tensor> inputs)
            throws Exception {
        long batch = inputs.values().iterator().next().shape().getFirst();
        var atHand = new HashMap<>(inputs);
        int first = 0;
        for (int end : ends) {
            Partition stage = PartitionWriter.write(cut, first, end, "model", directory);
            var taken = new LinkedHashMap<String, Tensor>();
            for (TensorSpec input : stage.inputs()) {
                assertThat(atHand)
                        .as("what crosses in front of blocks %d-%d", first, end)
                        .containsKey(input.name());
                taken.put(input.name(), named(input.name(), atHand));
            }
            Map<String, Tensor> made = run(stage.onnx(), level, taken);
            Files.delete(stage.onnx());
            assertThat(made.keySet())
                    .containsExactlyElementsOf(
                            stage.outputs().stream().map(TensorSpec::name).toList());
            atHand.putAll(made);
            List<TensorSpec> handedOn = end == cut.blocks().size()
                    ? cut.graph().outputs()
                    : cut.cuts().get(end - 1).tensors();
            var crossing = new HashMap<String, Tensor>();
            for (TensorSpec spec : handedOn) {
                assertThat(atHand)
                        .as("what crosses behind blocks %d-%d", first, end)
                        .containsKey(spec.name());
                Tensor tensor = named(spec.name(), atHand);
                assertThat(tensor.shape()).as(spec.name()).isEqualTo(Tensor.withBatch(spec.shape(), batch));
                assertThat(tensor.elementType()).as(spec.name()).isEqualTo(spec.type());
                crossing.put(spec.name(), tensor);
            }
            atHand.clear();
            atHand.putAll(crossing);
            first = end;
        }
        return atHand;
    }

    /** Cuts a model wherever that is possible. */
    static CutModel everyCut(ModelGraph graph, BoundaryType boundary) {
        var layersPerBlock = new ArrayList<Integer>();
        int first = 0;
        for (CutPoint point : graph.cutPoints(boundary)) {
            layersPerBlock.add(point.afterLayer() + 1 - first);
            first = point.afterLayer() + 1;
        }
        layersPerBlock.add(graph.layers().size() - first);
        return CutModel.of(graph, boundary, layersPerBlock);
    }

    static List<Integer> everyBlock(CutModel cut) {
        return IntStream.rangeClosed(1, cut.blocks().size()).boxed().toList();
    }

    /** Checks that a model gives the same bits whole, cut everywhere at once, and cut at each single place. */
    static void assertSameBitsCutAnywhere(ModelGraph graph, Path directory, Map<String, Tensor> inputs)
            throws Exception {
        Map<String, Tensor> whole = whole(graph.file(), OptLevel.NO_OPT, inputs);
        CutModel cut = everyCut(graph, BoundaryType.UNCHANGED);
        int blocks = cut.blocks().size();
        assertSameBits(inStages(cut, everyBlock(cut), directory, OptLevel.NO_OPT, inputs), whole, "cut everywhere");
        for (int end = 1; end <= blocks; end++) {
            List<Integer> ends = end < blocks ? List.of(end, blocks) : List.of(blocks);
            assertSameBits(inStages(cut, ends, directory, OptLevel.NO_OPT, inputs), whole, "cut behind " + end);
        }
    }

    static void assertSameBits(Map<String, Tensor> actual, Map<String, Tensor> expected, String what) {
        assertThat(actual.keySet()).as(what).containsExactlyInAnyOrderElementsOf(expected.keySet());
        expected.forEach((name, tensor) -> {
            Tensor compared = named(name, actual);
            assertThat(compared.sameBits(tensor))
                    .as("%s: output %s has the same bits (difference %s)", what, name, difference(compared, tensor))
                    .isTrue();
        });
    }

    static Tensor named(String name, Map<String, Tensor> tensors) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    private static Object difference(Tensor actual, Tensor expected) {
        return actual.type() == OnnxJavaType.FLOAT && actual.shape().equals(expected.shape())
                ? expected.differenceTo(actual)
                : "of type, shape or integers";
    }

    private static Map<String, Tensor> run(Path onnx, OptLevel level, Map<String, Tensor> inputs) throws OrtException {
        OrtEnvironment environment = OnnxRuntime.environment();
        var taken = new HashMap<String, OnnxTensor>();
        try (var options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            try (OrtSession session = environment.createSession(onnx.toString(), options)) {
                for (var input : inputs.entrySet()) {
                    Tensor tensor = input.getValue();
                    ByteBuffer bytes =
                            ByteBuffer.allocateDirect(tensor.bytes().length).order(ByteOrder.nativeOrder());
                    bytes.put(tensor.bytes()).flip();
                    long[] shape =
                            tensor.shape().stream().mapToLong(Long::longValue).toArray();
                    taken.put(input.getKey(), OnnxTensor.createTensor(environment, bytes, shape, tensor.type()));
                }
                try (OrtSession.Result result = session.run(taken)) {
                    var made = new LinkedHashMap<String, Tensor>();
                    for (var output : result) {
                        made.put(output.getKey(), tensor((OnnxTensor) output.getValue()));
                    }
                    return made;
                }
            }
        } finally {
            taken.values().forEach(OnnxTensor::close);
        }
    }

    private static Tensor tensor(OnnxTensor value) {
        ByteBuffer buffer = value.getByteBuffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        TensorInfo info = value.getInfo();
        return new Tensor(info.type, Arrays.stream(info.getShape()).boxed().toList(), bytes);
    }
}
