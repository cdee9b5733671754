package io.ppipe.profile;

import io.ppipe.execute.ExecutionException;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.StageSession;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;

/** How much float16 boundaries change a model's outputs: all blocks in sequence against the whole model, which has none. */
final class BoundaryError {
    private BoundaryError() {}

    /** Returns the largest difference of a float32 output relative to its largest value, at batch 1, in words. */
    static String measure(String model, MeasuredStages stages, SessionSettings settings) {
        var tensors = new ProbeTensors(1);
        List<TensorSpec> outputs = stages.whole().outputs();
        try {
            for (Partition block : stages.partitions().subList(0, stages.blocks())) {
                run(block, settings, tensors);
            }
            List<float[]> cut =
                    tensors.of(outputs).stream().map(BoundaryError::floats).toList();
            run(stages.whole(), settings, tensors);
            List<float[]> whole =
                    tensors.of(outputs).stream().map(BoundaryError::floats).toList();
            double worst = 0;
            for (int i = 0; i < outputs.size(); i++) {
                if (outputs.get(i).type() == ElementType.FP32) {
                    worst = Math.max(worst, difference(cut.get(i), whole.get(i)));
                }
            }
            return String.format(
                    Locale.ROOT, "Float16 at every cut changes outputs by up to %.1e of the largest value.", worst);
        } catch (ExecutionException e) {
            throw new BadInputException("%s: it cannot be run: %s".formatted(model, e.getMessage()), e);
        }
    }

    private static void run(Partition stage, SessionSettings settings, ProbeTensors tensors) throws ExecutionException {
        try (var session = StageSession.open(stage, settings)) {
            session.run(1, tensors.of(stage.inputs()), tensors.of(stage.outputs()));
        }
    }

    private static float[] floats(ByteBuffer buffer) {
        var values = new float[buffer.capacity() / Float.BYTES];
        buffer.duplicate().order(buffer.order()).clear().asFloatBuffer().get(values);
        return values;
    }

    private static double difference(float[] cut, float[] whole) {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < whole.length; i++) {
            largest = Math.max(largest, Math.abs(whole[i]));
            difference = Math.max(difference, Math.abs((double) whole[i] - cut[i]));
        }
        return largest == 0 ? difference : difference / largest;
    }
}
