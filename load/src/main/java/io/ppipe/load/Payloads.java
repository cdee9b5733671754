package io.ppipe.load;

import io.ppipe.model.BadInputException;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Makes payloads. */
public final class Payloads {
    /** Integers are drawn from [0, this): valid in every integer type and as an index into most things. */
    private static final int INTEGER_BOUND = 4;

    private Payloads() {}

    /**
     * Returns {@code count} payloads of one request each: floating-point elements uniform in [0, 1), integers small, a
     * dimension of −1 as 1. The same seed gives the same payloads.
     *
     * @throws BadInputException if an input has a type without a fixed size
     */
    public static List<Payload> random(List<TensorSpec> inputs, int count, long seed) {
        var random = new SplittableRandom(seed);
        var payloads = new ArrayList<Payload>();
        for (int i = 0; i < count; i++) {
            payloads.add(new Payload(
                    inputs.stream().map(input -> random(input, random)).toList()));
        }
        return List.copyOf(payloads);
    }

    private static InputTensor random(TensorSpec input, RandomGenerator random) {
        ByteBuffer data =
                ByteBuffer.allocate(Math.toIntExact(input.bytesPerRequest())).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < input.elementsPerRequest(); i++) {
            putRandom(data, input, random);
        }
        List<Long> shape =
                input.shape().stream().map(dimension -> Math.max(1, dimension)).toList();
        return new InputTensor(input.name(), input.type(), shape, data.flip());
    }

    private static void putRandom(ByteBuffer data, TensorSpec input, RandomGenerator random) {
        switch (input.type()) {
            case FP32 -> data.putFloat(random.nextFloat());
            case FP64 -> data.putDouble(random.nextDouble());
            case FP16 -> data.putShort(Float.floatToFloat16(random.nextInt(1 << 11) / (float) (1 << 11)));
            case BF16 -> data.putShort((short) (Float.floatToRawIntBits(random.nextInt(1 << 8) / 256f) >>> 16));
            case BOOL -> data.put((byte) random.nextInt(2));
            case INT8, UINT8 -> data.put((byte) random.nextInt(INTEGER_BOUND));
            case INT16, UINT16 -> data.putShort((short) random.nextInt(INTEGER_BOUND));
            case INT32, UINT32 -> data.putInt(random.nextInt(INTEGER_BOUND));
            case INT64, UINT64 -> data.putLong(random.nextInt(INTEGER_BOUND));
            case BYTES ->
                throw new BadInputException(
                        "Input %s is of type BYTES, which random payloads cannot fill; load a model with numeric inputs."
                                .formatted(input.name()));
        }
    }
}
