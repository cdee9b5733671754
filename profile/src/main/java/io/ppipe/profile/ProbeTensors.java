package io.ppipe.profile;

import io.ppipe.execute.StageSession;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The tensors of a batch on its way through a model: what the blocks make, and made-up model inputs. Blocks are
 * measured on real activations, since made-up ones may run into denormal numbers, which are many times slower.
 */
final class ProbeTensors {
    private static final long SEED = 1;

    private final int maxBatchSize;
    private final Map<TensorSpec, ByteBuffer> buffers = new HashMap<>(); // only looked up, never iterated

    ProbeTensors(int maxBatchSize) {
        this.maxBatchSize = maxBatchSize;
    }

    /** Returns the buffers of {@code specs}, in their order; new ones are filled with made-up values. */
    List<ByteBuffer> of(List<TensorSpec> specs) {
        return specs.stream()
                .map(spec -> buffers.computeIfAbsent(spec, this::madeUp))
                .toList();
    }

    /** Floats between 0 and 1. Zeros for all other types: they may be indices, and 0 is always a valid one. */
    private ByteBuffer madeUp(TensorSpec spec) {
        ByteBuffer buffer = StageSession.buffer(spec, maxBatchSize);
        var random = new Random(SEED);
        ByteBuffer write = buffer.duplicate().order(buffer.order());
        while (write.hasRemaining()) {
            switch (spec.type()) {
                case FP16 -> write.putShort(Float.floatToFloat16(random.nextFloat()));
                case BF16 -> write.putShort((short) (Float.floatToIntBits(random.nextFloat()) >>> 16));
                case FP32 -> write.putFloat(random.nextFloat());
                case FP64 -> write.putDouble(random.nextFloat());
                default -> write.position(write.limit());
            }
        }
        return buffer;
    }
}
