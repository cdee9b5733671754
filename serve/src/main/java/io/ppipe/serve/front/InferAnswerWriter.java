package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import io.netty.buffer.Unpooled;
import io.ppipe.serve.InferenceService.Reply.Answer;
import io.ppipe.serve.Tensor;
import io.ppipe.serve.front.SharedMemory.Place;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Writes the REST answer to an inference request: JSON, and behind it the outputs that are asked for in binary. */
final class InferAnswerWriter {
    static final String JSON_LENGTH_HEADER = "inference-header-content-length";

    private InferAnswerWriter() {}

    /** @throws io.ppipe.model.BadInputException when an output does not fit its place in shared memory */
    static HttpResponse write(InferRequest request, Answer answer, Extensions extensions) {
        for (Tensor tensor : answer.outputs()) {
            Place place = request.placeByOutput().get(tensor.name());
            if (place != null) {
                extensions.memory().write(place, tensor.data().duplicate());
            }
        }
        byte[] json = Json.object(fields -> fields(fields, request, answer));
        List<Tensor> binary = answer.outputs().stream()
                .filter(tensor -> request.binary(tensor.name()))
                .toList();
        var headers = ResponseHeaders.builder(HttpStatus.OK);
        if (binary.isEmpty()) {
            return HttpResponse.of(headers.contentType(MediaType.JSON).build(), HttpData.wrap(json));
        }
        var parts = new ArrayList<ByteBuffer>();
        parts.add(ByteBuffer.wrap(json));
        binary.forEach(tensor -> parts.add(tensor.data().duplicate()));
        headers.contentType(MediaType.OCTET_STREAM).addInt(JSON_LENGTH_HEADER, json.length);
        return HttpResponse.of(
                headers.build(), HttpData.wrap(Unpooled.wrappedBuffer(parts.toArray(ByteBuffer[]::new))));
    }

    private static void fields(JsonGenerator json, InferRequest request, Answer answer) {
        json.writeStringProperty("model_name", request.call().model());
        json.writeStringProperty("model_version", answer.version());
        if (!request.call().id().isEmpty()) {
            json.writeStringProperty("id", request.call().id());
        }
        Json.strings(json, "parameters", answer.parameters());
        json.writeArrayPropertyStart("outputs");
        for (Tensor tensor : answer.outputs()) {
            output(json, tensor, request);
        }
        json.writeEndArray();
    }

    private static void output(JsonGenerator json, Tensor tensor, InferRequest request) {
        json.writeStartObject();
        json.writeStringProperty("name", tensor.name());
        json.writeStringProperty("datatype", tensor.type().name());
        Json.shape(json, tensor.shape());
        Place place = request.placeByOutput().get(tensor.name());
        if (place != null) {
            json.writeObjectPropertyStart("parameters");
            json.writeStringProperty(GrpcSharedMemory.REGION, place.region());
            json.writeNumberProperty(GrpcSharedMemory.OFFSET, place.offset());
            json.writeNumberProperty(GrpcSharedMemory.BYTE_SIZE, tensor.data().remaining());
            json.writeEndObject();
        } else if (request.binary(tensor.name())) {
            json.writeObjectPropertyStart("parameters");
            json.writeNumberProperty("binary_data_size", tensor.data().remaining());
            json.writeEndObject();
        } else {
            json.writeArrayPropertyStart("data");
            elements(json, tensor, tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN));
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void elements(JsonGenerator json, Tensor tensor, ByteBuffer data) {
        while (data.hasRemaining()) {
            switch (tensor.type()) {
                case BOOL -> json.writeBoolean(data.get() != 0);
                case INT8 -> json.writeNumber((int) data.get());
                case INT16 -> json.writeNumber((int) data.getShort());
                case INT32 -> json.writeNumber(data.getInt());
                case INT64 -> json.writeNumber(data.getLong());
                case UINT8 -> json.writeNumber(Byte.toUnsignedInt(data.get()));
                case UINT16 -> json.writeNumber(Short.toUnsignedInt(data.getShort()));
                case UINT32 -> json.writeNumber(Integer.toUnsignedLong(data.getInt()));
                case UINT64 -> json.writeNumber(new BigInteger(Long.toUnsignedString(data.getLong())));
                case FP32 -> json.writeNumber(data.getFloat());
                case FP64 -> json.writeNumber(data.getDouble());
                case BYTES -> json.writeString(ByteStrings.nextText(tensor.name(), data));
                case FP16, BF16 -> throw new AssertionError(tensor.type() + " passed the intake without binary_data");
            }
        }
    }
}
