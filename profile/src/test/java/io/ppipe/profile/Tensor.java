package io.ppipe.profile;

import ai.onnxruntime.OnnxJavaType;
import io.ppipe.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** A tensor's type, shape and bits. */
final class Tensor {
    private final OnnxJavaType type;
    private final List<Long> shape;
    private final byte[] bytes;

    Tensor(OnnxJavaType type, List<Long> shape, byte[] bytes) {
        this.type = type;
        this.shape = List.copyOf(shape);
        this.bytes = bytes;
    }

    OnnxJavaType type() {
        return type;
    }

    List<Long> shape() {
        return shape;
    }

    byte[] bytes() {
        return bytes;
    }

    static Tensor floats(List<Long> shape, float[] values) {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        return new Tensor(OnnxJavaType.FLOAT, shape, bytes.array());
    }

    static Tensor random(List<Long> shape, RandomGenerator random) {
        float[] values = new float[count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return floats(shape, values);
    }

    /** The published input of the reference models: element i of n, in row-major order, is i/n. */
    static Tensor ramp(List<Long> shape) {
        float[] values = new float[count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((double) i / values.length);
        }
        return floats(shape, values);
    }

    float[] floats() {
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
        return values;
    }

    boolean sameBits(Tensor other) {
        return type == other.type && shape.equals(other.shape) && Arrays.equals(bytes, other.bytes);
    }

    /** Largest difference of an element, relative to the largest element of this tensor. */
    double differenceTo(Tensor other) {
        float[] mine = floats();
        float[] theirs = other.floats();
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < mine.length; i++) {
            largest = Math.max(largest, Math.abs(mine[i]));
            double d = Math.abs(mine[i] - theirs[i]);
            difference = Math.max(difference, Double.isNaN(d) ? Double.POSITIVE_INFINITY : d);
        }
        return difference / largest;
    }

    ElementType elementType() {
        return switch (type) {
            case FLOAT -> ElementType.FP32;
            case DOUBLE -> ElementType.FP64;
            case FLOAT16 -> ElementType.FP16;
            case BFLOAT16 -> ElementType.BF16;
            case INT8 -> ElementType.INT8;
            case INT16 -> ElementType.INT16;
            case INT32 -> ElementType.INT32;
            case INT64 -> ElementType.INT64;
            case UINT8 -> ElementType.UINT8;
            case BOOL -> ElementType.BOOL;
            case STRING, UNKNOWN -> throw new AssertionError(type);
        };
    }

    static List<Long> withBatch(List<Long> shape, long batch) {
        var concrete = new ArrayList<>(shape);
        if (!concrete.isEmpty() && concrete.getFirst() == -1) {
            concrete.set(0, batch);
        }
        return concrete;
    }

    private static int count(List<Long> shape) {
        return (int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }
}
