package io.ppipe.load;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpStatus;
import io.netty.util.AsciiString;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bytes of the protocol over REST: JSON first, then the tensors' raw elements, little-endian. */
final class RestWire {
    /** Header that says where the JSON ends and the raw elements begin. */
    static final AsciiString JSON_LENGTH = AsciiString.of("inference-header-content-length");

    private static final AsciiString CAUSE = AsciiString.of("ppipe-cause");
    private static final JsonMapper JSON = JsonMapper.shared();

    private RestWire() {}

    /** @param jsonBytes length of the JSON at its beginning */
    record Body(HttpData data, int jsonBytes) {}

    static Body body(Payload payload, OptionalLong timeoutMicros) {
        var inputs = new ArrayList<Map<String, Object>>();
        int tensorBytes = 0;
        for (InputTensor input : payload.inputs()) {
            int size = input.data().remaining();
            var json = new LinkedHashMap<String, Object>();
            json.put("name", input.name());
            json.put("shape", input.shape());
            json.put("datatype", input.type().name());
            json.put("parameters", Map.of("binary_data_size", size));
            inputs.add(json);
            tensorBytes = Math.addExact(tensorBytes, size);
        }
        var parameters = new LinkedHashMap<String, Object>();
        parameters.put("binary_data_output", true);
        timeoutMicros.ifPresent(timeout -> parameters.put("timeout", timeout));
        var request = new LinkedHashMap<String, Object>();
        request.put("parameters", parameters);
        request.put("inputs", inputs);
        byte[] json = JSON.writeValueAsBytes(request);
        ByteBuffer body =
                ByteBuffer.allocate(Math.addExact(json.length, tensorBytes)).put(json);
        payload.inputs().forEach(input -> body.put(input.data()));
        return new Body(HttpData.wrap(body.array()), json.length);
    }

    /** Returns what a model's metadata says, or empty if this is none. */
    static Optional<Endpoint.Metadata> metadata(byte[] content) {
        return object(content).filter(json -> json.path("inputs").isArray()).flatMap(json -> {
            try {
                var inputs = new ArrayList<TensorSpec>();
                json.path("inputs").forEach(input -> inputs.add(spec(input)));
                return Optional.of(new Endpoint.Metadata(inputs, sloMicros(json.path("parameters"))));
            } catch (IllegalArgumentException e) {
                return Optional.empty(); // an unknown type, or a shape that is none
            }
        });
    }

    private static TensorSpec spec(JsonNode input) {
        var shape = new ArrayList<Long>();
        input.path("shape").forEach(dimension -> shape.add(dimension.asLong(0) == -1 ? 1 : dimension.asLong(0)));
        return new TensorSpec(
                input.path("name").asString(""),
                ElementType.valueOf(input.path("datatype").asString("")),
                shape);
    }

    private static OptionalLong sloMicros(JsonNode parameters) {
        long micros = parameters.path("slo_us").asLong(0); // a number, or a string that holds one
        return micros >= 1 ? OptionalLong.of(micros) : OptionalLong.empty();
    }

    /** Returns what the answer to an inference request means. */
    static Reply reply(AggregatedHttpResponse response) {
        HttpStatus status = response.status();
        if (status.equals(HttpStatus.OK)) {
            return answer(response);
        }
        String cause = cause(response);
        if (status.equals(HttpStatus.GATEWAY_TIMEOUT) || cause.equals("expired")) {
            return new Reply.Expired();
        }
        String code = "http_" + status.code();
        return status.equals(HttpStatus.SERVICE_UNAVAILABLE) || status.equals(HttpStatus.TOO_MANY_REQUESTS)
                ? new Reply.Rejected(cause.isEmpty() ? code : cause)
                : new Reply.Failed(code, message(response));
    }

    private static Reply answer(AggregatedHttpResponse response) {
        byte[] content = response.content().array();
        try {
            int jsonBytes = response.headers().getInt(JSON_LENGTH, content.length);
            JsonNode json = JSON.readTree(content, 0, Math.min(jsonBytes, content.length));
            var outputs = new LinkedHashMap<String, ByteBuffer>();
            int at = jsonBytes;
            for (JsonNode output : json.path("outputs")) {
                int size = output.path("parameters").path("binary_data_size").asInt(-1);
                if (size < 0 || size > content.length - at) {
                    return bad("output %s: binary_data_size %d, %d bytes left in the answer"
                            .formatted(output.path("name").asString(""), size, content.length - at));
                }
                outputs.put(
                        output.path("name").asString(""),
                        ByteBuffer.wrap(content, at, size)
                                .slice()
                                .asReadOnlyBuffer()
                                .order(ByteOrder.LITTLE_ENDIAN));
                at += size;
            }
            return outputs.isEmpty() || at != content.length
                    ? bad("%d outputs, %d bytes left over".formatted(outputs.size(), content.length - at))
                    : new Reply.Answered(outputs);
        } catch (JacksonException e) {
            return bad("the answer is not JSON");
        }
    }

    private static Reply bad(String message) {
        return new Reply.Failed(Reply.Failed.BAD_ANSWER, message);
    }

    private static String cause(AggregatedHttpResponse response) {
        return response.headers()
                .get(
                        CAUSE,
                        object(response.content().array())
                                .map(json -> json.path("cause").asString(""))
                                .orElse(""));
    }

    /** Returns the server's own words about an error in one line, or "". */
    static String message(AggregatedHttpResponse response) {
        return object(response.content().array())
                .map(json -> json.path("error").asString(""))
                .orElseGet(() -> response.contentUtf8().lines().findFirst().orElse(""))
                .transform(message -> message.length() > 200 ? message.substring(0, 200) + "…" : message);
    }

    /** Returns {@code message} as the end of a sentence, with no stop of its own. */
    static String suffix(String message) {
        String bare = message.strip().replaceAll("\\.$", "");
        return bare.isEmpty() ? "" : " (" + bare + ")";
    }

    static Optional<JsonNode> object(byte[] content) {
        try {
            return Optional.of(JSON.readTree(content)).filter(JsonNode::isObject);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
