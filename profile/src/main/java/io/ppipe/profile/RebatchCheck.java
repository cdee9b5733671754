package io.ppipe.profile;

import io.ppipe.execute.ExecutionException;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.execute.StageSession;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a model gives every request the same answer, alone and among others, as it did with a fixed batch. */
final class RebatchCheck {
    /** Kernels round differently for other batch sizes; mixed requests differ by orders of magnitude more. */
    private static final double TOLERANCE = 1e-3;

    private RebatchCheck() {}

    /**
     * Returns which output differs and where, or nothing. Runs the fixed model once, and the open one with each request
     * alone, with all, and with one more.
     *
     * @param batch of the fixed model
     */
    static Optional<String> differing(ModelGraph fixed, ModelGraph open, int batch) {
        // One request more than the fixed model takes, so that the larger batch has something new in it.
        List<ByteBuffer> inputs = new ProbeTensors(batch + 1).of(open.inputs());
        try (StageSession before = open(fixed);
                StageSession after = open(open)) {
            List<ByteBuffer> wanted = buffers(fixed.outputs(), 1);
            before.run(1, inputs, wanted);
            for (int size : new int[] {batch, batch + 1}) {
                List<ByteBuffer> together = buffers(open.outputs(), size);
                after.run(size, inputs, together);
                Optional<String> difference = compared(open, wanted, together, 0, batch, "in a batch of " + size);
                if (difference.isPresent()) {
                    return difference;
                }
            }
            for (int request = 0; request < batch; request++) {
                List<ByteBuffer> alone = buffers(open.outputs(), 1);
                after.run(1, parts(open.inputs(), inputs, request), alone);
                Optional<String> difference = compared(open, wanted, alone, request, 1, "alone");
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of("it fails with another batch (%s)".formatted(e.getMessage()));
        }
    }

    private static StageSession open(ModelGraph graph) {
        var whole = new Partition("model", 0, 1, graph.file(), graph.inputs(), graph.outputs());
        return StageSession.open(whole, new SessionSettings(1, Optimisation.NONE));
    }

    private static List<ByteBuffer> buffers(List<TensorSpec> specs, int batch) {
        return specs.stream().map(spec -> StageSession.buffer(spec, batch)).toList();
    }

    /** Returns copies of one request's part of the inputs. */
    private static List<ByteBuffer> parts(List<TensorSpec> specs, List<ByteBuffer> inputs, int request) {
        var parts = new ArrayList<ByteBuffer>();
        for (int i = 0; i < specs.size(); i++) {
            int bytes = (int) specs.get(i).bytesPerRequest();
            ByteBuffer part = StageSession.buffer(specs.get(i), 1);
            part.put(0, inputs.get(i), request * bytes, bytes);
            parts.add(part);
        }
        return parts;
    }

    /** Compares the first requests of {@code given} with those of {@code wanted} from {@code first} on. */
    private static Optional<String> compared(
            ModelGraph open, List<ByteBuffer> wanted, List<ByteBuffer> given, int first, int requests, String how) {
        for (int i = 0; i < open.outputs().size(); i++) {
            TensorSpec spec = open.outputs().get(i);
            int count = (int) spec.elementsPerRequest();
            double largest = 0;
            double difference = 0;
            for (int k = 0; k < count * requests; k++) {
                double before = number(spec.type(), wanted.get(i), first * count + k);
                largest = Math.max(largest, Math.abs(before));
                double by = Math.abs(number(spec.type(), given.get(i), k) - before);
                difference = Math.max(difference, Double.isNaN(by) ? Double.POSITIVE_INFINITY : by);
            }
            if (difference > TOLERANCE * largest) {
                return Optional.of(
                        "output %s of a request isn't the same %s (it differs by %.1e of %.1e), so requests mix"
                                .formatted(spec.name(), how, difference, largest));
            }
        }
        return Optional.empty();
    }

    private static double number(ElementType type, ByteBuffer values, int index) {
        return switch (type) {
            case FP32 -> values.getFloat(index * Float.BYTES);
            case FP64 -> values.getDouble(index * Double.BYTES);
            case FP16 -> Float.float16ToFloat(values.getShort(index * Short.BYTES));
            case BF16 -> Float.intBitsToFloat(values.getShort(index * Short.BYTES) << 16);
            case INT64, UINT64 -> values.getLong(index * Long.BYTES);
            case INT32, UINT32 -> values.getInt(index * Integer.BYTES);
            case INT16, UINT16 -> values.getShort(index * Short.BYTES);
            case INT8, UINT8, BOOL, BYTES -> values.get(index);
        };
    }
}
