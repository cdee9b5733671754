package io.ppipe.cli;

import io.ppipe.execute.ExecutionException;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.StageSession;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares served answers with what the whole model gives for the same input, run without any cut. */
final class Comparison {
    /**
     * Largest allowed difference between stages and whole model with graph optimisations on: fusions that a cut prevents
     * change the last bits. Without optimisations the bits are the same.
     */
    static final double TOLERANCE = 1e-4;

    private final Partition whole;
    private final List<List<ByteBuffer>> expected = new ArrayList<>();
    private double maxRelativeDifference;
    private long compared;

    /** @param payloads inputs of single requests, in the model's order */
    Comparison(Partition whole, SessionSettings settings, List<List<ByteBuffer>> payloads) {
        this.whole = whole;
        try (var session = StageSession.open(whole, settings)) {
            for (List<ByteBuffer> payload : payloads) {
                var outputs = new ArrayList<ByteBuffer>();
                for (TensorSpec spec : whole.outputs()) {
                    outputs.add(StageSession.buffer(spec, 1));
                }
                var inputs = new ArrayList<ByteBuffer>();
                for (int i = 0; i < payload.size(); i++) {
                    inputs.add(StageSession.buffer(whole.inputs().get(i), 1)
                            .put(
                                    0,
                                    payload.get(i),
                                    payload.get(i).position(),
                                    payload.get(i).remaining()));
                }
                session.run(1, inputs, outputs);
                expected.add(outputs);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("The whole model does not run: " + e.getMessage(), e);
        }
    }

    /** Takes a served answer; safe for use by any thread. */
    synchronized void answer(int payload, Map<String, ByteBuffer> outputs) {
        for (int i = 0; i < whole.outputs().size(); i++) {
            TensorSpec spec = whole.outputs().get(i);
            ByteBuffer served = outputs.get(spec.name());
            double difference = served == null
                    ? Double.POSITIVE_INFINITY
                    : relativeDifference(spec.type(), expected.get(payload).get(i), served);
            maxRelativeDifference = Math.max(maxRelativeDifference, difference);
        }
        compared++;
    }

    synchronized double maxRelativeDifference() {
        return maxRelativeDifference;
    }

    synchronized long compared() {
        return compared;
    }

    synchronized boolean matches() {
        return compared > 0 && maxRelativeDifference <= TOLERANCE;
    }

    /** Returns the largest difference of two elements, divided by the largest expected magnitude. */
    static double relativeDifference(ElementType type, ByteBuffer expected, ByteBuffer served) {
        if (served.remaining() != expected.remaining()) {
            return Double.POSITIVE_INFINITY;
        }
        ByteBuffer a = expected.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer b = served.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (type != ElementType.FP32) {
            return a.equals(b) ? 0 : Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        double difference = 0;
        while (a.hasRemaining()) {
            float x = a.getFloat();
            float y = b.getFloat();
            if (Float.isNaN(x) != Float.isNaN(y)) {
                return Double.POSITIVE_INFINITY;
            }
            largest = Math.max(largest, Math.abs(x));
            difference = Math.max(difference, Float.isNaN(x) ? 0 : Math.abs((double) x - y));
        }
        return difference == 0 ? 0 : difference / Math.max(largest, Float.MIN_NORMAL);
    }
}
