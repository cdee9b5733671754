package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import io.ppipe.execute.Partition;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
                assertThat(atHand).as("what crosses in front of blocks %d-%d", first, end).containsKey(input.name());
                taken.put(input.name(), atHand.get(input.name()));
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
                assertThat(atHand).as("what crosses behind blocks %d-%d", first, end).containsKey(spec.name());
                Tensor tensor = atHand.get(spec.name());
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

    static void assertSameBits(Map<String, Tensor> actual, Map<String, Tensor> expected, String what) {
        assertThat(actual.keySet()).as(what).containsExactlyInAnyOrderElementsOf(expected.keySet());
        expected.forEach((name, tensor) -> assertThat(actual.get(name).sameBits(tensor))
                .as("%s: output %s has the same bits (difference %s)", what, name, difference(actual.get(name), tensor))
                .isTrue());
    }

    private static Object difference(Tensor actual, Tensor expected) {
        return actual.type() == OnnxJavaType.FLOAT && actual.shape().equals(expected.shape())
                ? expected.differenceTo(actual)
                : "of type, shape or integers";
    }

    private static Map<String, Tensor> run(Path onnx, OptLevel level, Map<String, Tensor> inputs)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        var taken = new HashMap<String, OnnxTensor>();
        try (var options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            options.setIntraOpNumThreads(1);
            try (OrtSession session = environment.createSession(onnx.toString(), options)) {
                for (var input : inputs.entrySet()) {
                    Tensor tensor = input.getValue();
                    ByteBuffer bytes = ByteBuffer.allocateDirect(tensor.bytes().length).order(ByteOrder.nativeOrder());
                    bytes.put(tensor.bytes()).flip();
                    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
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
        return new Tensor(
                info.type, Arrays.stream(info.getShape()).boxed().toList(), bytes);
    }
}
