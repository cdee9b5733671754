package io.ppipe.serve.front;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import io.ppipe.protocol.v2.InferTensorContents;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferRequest.InferInputTensor;
import io.ppipe.serve.Tensor;
import io.ppipe.serve.front.SharedMemory.Place;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tensors of gRPC messages: raw bytes, or typed contents with one list for each kind of element. */
final class GrpcTensors {
    private GrpcTensors() {}

    /** Returns whether the request sends raw bytes, or names shared memory, so that the answer has raw bytes too. */
    static boolean raw(ModelInferRequest request) {
        return request.getRawInputContentsCount() > 0
                || request.getInputsList().stream()
                        .anyMatch(input -> input.containsParameters(GrpcSharedMemory.REGION));
    }

    /** @throws BadInputException in one line for the client */
    static List<Tensor> inputs(ModelInferRequest request, Extensions extensions) {
        var tensors = new ArrayList<Tensor>();
        int raw = 0;
        for (InferInputTensor input : request.getInputsList()) {
            ElementType type = InputReader.type(input.getDatatype());
            Optional<Place> place = GrpcSharedMemory.place(input.getParametersMap());
            ByteBuffer data;
            if (place.isPresent()) {
                data = extensions.memory().read(place.get());
            } else if (request.getRawInputContentsCount() == 0) {
                data = typed(RequestCheck.quoted(input.getName()), type, input.getContents());
            } else {
                data = bytes(request, input, raw++);
            }
            tensors.add(new Tensor(input.getName(), type, input.getShapeList(), data));
        }
        if (raw != request.getRawInputContentsCount()) {
            throw wrongCount(request);
        }
        return tensors;
    }

    private static ByteBuffer bytes(ModelInferRequest request, InferInputTensor input, int entry) {
        if (input.hasContents()) {
            throw new BadInputException("Input %s has both contents and raw_input_contents; send one of them."
                    .formatted(RequestCheck.quoted(input.getName())));
        }
        if (entry >= request.getRawInputContentsCount()) {
            throw wrongCount(request);
        }
        return bytes(request.getRawInputContents(entry));
    }

    private static BadInputException wrongCount(ModelInferRequest request) {
        return new BadInputException(
                "raw_input_contents has %d entries for %d inputs; send one for each input that isn't in shared memory, or none."
                        .formatted(request.getRawInputContentsCount(), request.getInputsCount()));
    }

    private static ByteBuffer bytes(ByteString bytes) {
        return bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    static ByteString raw(Tensor tensor) {
        return UnsafeByteOperations.unsafeWrap(tensor.data()); // nobody writes to an answer any more
    }

    private static ByteBuffer typed(String input, ElementType type, InferTensorContents contents) {
        if (!Intake.listable(type)) {
            throw new BadInputException(
                    "Input %s: %s has no typed contents here; send it in raw_input_contents.".formatted(input, type));
        }
        long bytes = typedBytes(type, contents);
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new BadInputException("Input %s is larger than 2 GiB.".formatted(input));
        }
        ByteBuffer data = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case BOOL -> contents.getBoolContentsList().forEach(value -> data.put((byte) (value ? 1 : 0)));
            case INT8 ->
                contents.getIntContentsList()
                        .forEach(value -> data.put((byte) within(input, type, value, Byte.MIN_VALUE, Byte.MAX_VALUE)));
            case INT16 ->
                contents.getIntContentsList()
                        .forEach(value ->
                                data.putShort((short) within(input, type, value, Short.MIN_VALUE, Short.MAX_VALUE)));
            case INT32 -> contents.getIntContentsList().forEach(data::putInt);
            case INT64 -> contents.getInt64ContentsList().forEach(data::putLong);
            case UINT8 ->
                contents.getUintContentsList()
                        .forEach(value -> data.put((byte) within(input, type, Integer.toUnsignedLong(value), 0, 0xFF)));
            case UINT16 ->
                contents.getUintContentsList()
                        .forEach(value ->
                                data.putShort((short) within(input, type, Integer.toUnsignedLong(value), 0, 0xFFFF)));
            case UINT32 -> contents.getUintContentsList().forEach(data::putInt);
            case UINT64 -> contents.getUint64ContentsList().forEach(data::putLong);
            case FP32 -> contents.getFp32ContentsList().forEach(data::putFloat);
            case FP64 -> contents.getFp64ContentsList().forEach(data::putDouble);
            case BYTES ->
                contents.getBytesContentsList()
                        .forEach(value -> data.putInt(value.size()).put(value.asReadOnlyByteBuffer()));
            case FP16, BF16 -> throw new AssertionError(type);
        }
        return data.flip();
    }

    private static long typedBytes(ElementType type, InferTensorContents contents) {
        if (type != ElementType.BYTES) {
            return (long) count(type, contents) * type.sizeBytes();
        }
        return contents.getBytesContentsList().stream()
                .mapToLong(value -> (long) ByteStrings.PREFIX_BYTES + value.size())
                .sum();
    }

    private static int count(ElementType type, InferTensorContents contents) {
        return switch (type) {
            case BOOL -> contents.getBoolContentsCount();
            case INT8, INT16, INT32 -> contents.getIntContentsCount();
            case INT64 -> contents.getInt64ContentsCount();
            case UINT8, UINT16, UINT32 -> contents.getUintContentsCount();
            case UINT64 -> contents.getUint64ContentsCount();
            case FP32 -> contents.getFp32ContentsCount();
            case FP64 -> contents.getFp64ContentsCount();
            case BYTES -> contents.getBytesContentsCount();
            case FP16, BF16 -> throw new AssertionError(type);
        };
    }

    private static long within(String input, ElementType type, long value, long least, long most) {
        if (value < least || value > most) {
            throw new BadInputException("Input %s: %d is not a value of %s.".formatted(input, value, type));
        }
        return value;
    }

    static InferTensorContents typed(Tensor tensor) {
        var contents = InferTensorContents.newBuilder();
        ByteBuffer data = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            switch (tensor.type()) {
                case BOOL -> contents.addBoolContents(data.get() != 0);
                case INT8 -> contents.addIntContents(data.get());
                case INT16 -> contents.addIntContents(data.getShort());
                case INT32 -> contents.addIntContents(data.getInt());
                case INT64 -> contents.addInt64Contents(data.getLong());
                case UINT8 -> contents.addUintContents(Byte.toUnsignedInt(data.get()));
                case UINT16 -> contents.addUintContents(Short.toUnsignedInt(data.getShort()));
                case UINT32 -> contents.addUintContents(data.getInt());
                case UINT64 -> contents.addUint64Contents(data.getLong());
                case FP32 -> contents.addFp32Contents(data.getFloat());
                case FP64 -> contents.addFp64Contents(data.getDouble());
                case BYTES -> contents.addBytesContents(ByteString.copyFrom(ByteStrings.next(data)));
                case FP16, BF16 -> throw new AssertionError(tensor.type() + " passed the intake without raw data");
            }
        }
        return contents.build();
    }
}
