package io.ppipe.execute;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/** Callers' buffers as ONNX Runtime tensors over the same memory. */
final class BoundTensor {
    private BoundTensor() {}

    static void checkType(Path file, TensorSpec spec) {
        if (ortType(spec.type()).isEmpty()) {
            throw new BadInputException(
                    "%s: tensor %s has type %s, which ONNX Runtime's Java interface cannot pass. Maybe cast it to INT32, INT64 or FP32 in the model."
                            .formatted(file, spec.name(), spec.type()));
        }
    }

    static long sizeBytes(TensorSpec spec, int batchSize) {
        return spec.batched() ? Math.multiplyExact(spec.bytesPerRequest(), batchSize) : spec.bytesPerRequest();
    }

    /** Returns a tensor that ONNX Runtime only reads. */
    static OnnxTensor read(TensorSpec spec, int batchSize, ByteBuffer buffer) throws OrtException {
        long sizeBytes = sizeBytes(spec, batchSize);
        if (!buffer.isDirect() || buffer.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException(
                    "The buffer of tensor %s must be direct and in native byte order. Maybe use StageSession.buffer."
                            .formatted(spec.name()));
        }
        if (buffer.capacity() < sizeBytes) {
            throw new IllegalArgumentException("The buffer of tensor %s has %d bytes; a batch of %d takes %d."
                    .formatted(spec.name(), buffer.capacity(), batchSize, sizeBytes));
        }
        // clear() on the duplicate, because a slice counts from the caller's position and obeys its limit.
        ByteBuffer memory = buffer.duplicate().clear().slice(0, (int) sizeBytes).order(ByteOrder.nativeOrder());
        return OnnxTensor.createTensor(
                OnnxRuntime.environment(),
                memory,
                shape(spec, batchSize),
                ortType(spec.type()).orElseThrow());
    }

    /** Returns a tensor that ONNX Runtime writes. */
    static OnnxTensor written(TensorSpec spec, int batchSize, ByteBuffer buffer) throws OrtException {
        if (buffer.isReadOnly()) { // native code would write it all the same
            throw new IllegalArgumentException(
                    "The buffer of output tensor %s must not be read-only.".formatted(spec.name()));
        }
        return read(spec, batchSize, buffer);
    }

    private static long[] shape(TensorSpec spec, int batchSize) {
        long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
        if (spec.batched()) {
            shape[0] = batchSize;
        }
        return shape;
    }

    /** Empty for types that ONNX Runtime has but its Java interface can't make from a buffer. */
    private static Optional<OnnxJavaType> ortType(ElementType type) {
        return switch (type) {
            case BOOL -> Optional.of(OnnxJavaType.BOOL);
            case UINT8 -> Optional.of(OnnxJavaType.UINT8);
            case INT8 -> Optional.of(OnnxJavaType.INT8);
            case INT16 -> Optional.of(OnnxJavaType.INT16);
            case INT32 -> Optional.of(OnnxJavaType.INT32);
            case INT64 -> Optional.of(OnnxJavaType.INT64);
            case FP16 -> Optional.of(OnnxJavaType.FLOAT16);
            case BF16 -> Optional.of(OnnxJavaType.BFLOAT16);
            case FP32 -> Optional.of(OnnxJavaType.FLOAT);
            case FP64 -> Optional.of(OnnxJavaType.DOUBLE);
            case UINT16, UINT32, UINT64, BYTES -> Optional.empty();
        };
    }
}
