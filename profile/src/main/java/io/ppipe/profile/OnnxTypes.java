package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import io.ppipe.model.ElementType;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Element types as ONNX files and ONNX Runtime write them. Mapped by name: the numbers of the two differ. */
final class OnnxTypes {
    private static final String RUNTIME_PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

    private OnnxTypes() {}

    static Optional<ElementType> of(OnnxTensorType type) {
        return named(type.name().substring(RUNTIME_PREFIX.length()));
    }

    static Optional<ElementType> of(int onnxType) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(onnxType);
        return type == null ? Optional.empty() : named(type.name());
    }

    static int number(ElementType type) {
        return switch (type) {
            case BOOL -> TensorProto.DataType.BOOL_VALUE;
            case UINT8 -> TensorProto.DataType.UINT8_VALUE;
            case UINT16 -> TensorProto.DataType.UINT16_VALUE;
            case UINT32 -> TensorProto.DataType.UINT32_VALUE;
            case UINT64 -> TensorProto.DataType.UINT64_VALUE;
            case INT8 -> TensorProto.DataType.INT8_VALUE;
            case INT16 -> TensorProto.DataType.INT16_VALUE;
            case INT32 -> TensorProto.DataType.INT32_VALUE;
            case INT64 -> TensorProto.DataType.INT64_VALUE;
            case FP16 -> TensorProto.DataType.FLOAT16_VALUE;
            case BF16 -> TensorProto.DataType.BFLOAT16_VALUE;
            case FP32 -> TensorProto.DataType.FLOAT_VALUE;
            case FP64 -> TensorProto.DataType.DOUBLE_VALUE;
            case BYTES -> TensorProto.DataType.STRING_VALUE;
        };
    }

    /** Whether tensors of a type can be handed to ONNX Runtime from Java, which knows no wide unsigned integers. */
    static boolean travels(ElementType type) {
        return switch (type) {
            case BOOL, UINT8, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64 -> true;
            case UINT16, UINT32, UINT64, BYTES -> false;
        };
    }

    /** Returns the size of a tensor's data, as far as its type has one. */
    static long sizeBytes(TensorProto tensor) {
        return tensor.getRawData().isEmpty()
                ? rawBytes(tensor).orElse(0L)
                : tensor.getRawData().size();
    }

    /** Returns the size that a tensor's data would have as raw data; nothing for texts and where a dimension is negative. */
    static Optional<Long> rawBytes(TensorProto tensor) {
        if (tensor.getDimsList().stream().anyMatch(size -> size < 0)) {
            return Optional.empty();
        }
        TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
        long elements = Saturating.product(tensor.getDimsList());
        return switch (type == null ? "" : type.name()) {
            case "INT4", "UINT4", "FLOAT4E2M1" -> Optional.of(elements / 2 + elements % 2);
            case "FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ" -> Optional.of(elements);
            case "COMPLEX64" -> Optional.of(Saturating.product(elements, 8));
            case "COMPLEX128" -> Optional.of(Saturating.product(elements, 16));
            default ->
                of(tensor.getDataType())
                        .filter(known -> known != ElementType.BYTES)
                        .map(known -> Saturating.product(elements, known.sizeBytes()));
        };
    }

    /** Returns how many values stand in a tensor's typed fields, for the types that have one value for each element. */
    static Optional<Integer> typedValues(TensorProto tensor) {
        return of(tensor.getDataType()).map(type -> switch (type) {
            case FP32 -> tensor.getFloatDataCount();
            case FP64 -> tensor.getDoubleDataCount();
            case INT64 -> tensor.getInt64DataCount();
            case UINT32, UINT64 -> tensor.getUint64DataCount();
            case BYTES -> tensor.getStringDataCount();
            case BOOL, UINT8, UINT16, INT8, INT16, INT32, FP16, BF16 -> tensor.getInt32DataCount();
        });
    }

    /** Returns the values of a tensor of 64-bit integers, which must stand in the file. */
    static List<Long> integers(TensorProto tensor) {
        if (!tensor.hasRawData()) {
            return tensor.getInt64DataList();
        }
        LongBuffer values = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer();
        return LongStream.generate(values::get)
                .limit(values.remaining())
                .boxed()
                .toList();
    }

    private static Optional<ElementType> named(String name) {
        return switch (name) {
            case "FLOAT" -> Optional.of(ElementType.FP32);
            case "DOUBLE" -> Optional.of(ElementType.FP64);
            case "FLOAT16" -> Optional.of(ElementType.FP16);
            case "BFLOAT16" -> Optional.of(ElementType.BF16);
            case "STRING" -> Optional.of(ElementType.BYTES);
            case "BOOL" -> Optional.of(ElementType.BOOL);
            case "UINT8" -> Optional.of(ElementType.UINT8);
            case "UINT16" -> Optional.of(ElementType.UINT16);
            case "UINT32" -> Optional.of(ElementType.UINT32);
            case "UINT64" -> Optional.of(ElementType.UINT64);
            case "INT8" -> Optional.of(ElementType.INT8);
            case "INT16" -> Optional.of(ElementType.INT16);
            case "INT32" -> Optional.of(ElementType.INT32);
            case "INT64" -> Optional.of(ElementType.INT64);
            default -> Optional.empty();
        };
    }
}
