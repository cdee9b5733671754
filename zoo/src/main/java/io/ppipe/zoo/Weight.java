package io.ppipe.zoo;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A constant tensor, float32, that is drawn when it is written: uniform in {@code centre ± spread}.
 *
 * @param even the value of every element where weights aren't drawn
 */
record Weight(String name, List<Integer> shape, double centre, double spread, double even) {
    Weight {
        shape = List.copyOf(shape);
    }

    /**
     * Returns weights of variance {@code gain / fanIn}; with a gain of 2 they keep the size of what Relu halves (He et al.,
     * ICCV 2015).
     *
     * @param fanIn how many products each output is the sum of
     */
    static Weight ofGain(String name, double gain, int fanIn, List<Integer> shape) {
        return new Weight(name, shape, 0, Math.sqrt(3 * gain / fanIn), Math.min(1, gain) / fanIn);
    }

    long count() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    TensorProto.Builder header() {
        var tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
        shape.forEach(tensor::addDims);
        return tensor;
    }

    /** Returns where its elements come from: the seed and its name alone, whatever else the model holds. */
    SplittableRandom random(long seed) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
    }

    /** Draws as many elements as there is room for. */
    void draw(SplittableRandom random, ByteBuffer to) {
        while (to.remaining() >= Float.BYTES) {
            to.putFloat((float) (centre + spread * (2 * random.nextDouble() - 1)));
        }
    }
}
