package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes the JSON of answers. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** Returns one object in UTF-8, with the fields that the given function writes. */
    static byte[] object(Consumer<JsonGenerator> fields) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            fields.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** Returns an answer of one object. */
    static HttpResponse answer(Consumer<JsonGenerator> fields) {
        return answer(HttpStatus.OK, fields);
    }

    static HttpResponse answer(HttpStatus status, Consumer<JsonGenerator> fields) {
        return HttpResponse.of(status, MediaType.JSON, HttpData.wrap(object(fields)));
    }

    /** Returns an answer of one array. */
    static HttpResponse array(Consumer<JsonGenerator> elements) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartArray();
            elements.accept(json);
            json.writeEndArray();
        }
        return HttpResponse.of(HttpStatus.OK, MediaType.JSON, HttpData.wrap(bytes.toByteArray()));
    }

    /** Writes a field with an object of strings, unless it is empty. */
    static void strings(JsonGenerator json, String field, Map<String, String> values) {
        if (!values.isEmpty()) {
            json.writeObjectPropertyStart(field);
            values.forEach(json::writeStringProperty);
            json.writeEndObject();
        }
    }

    static void shape(JsonGenerator json, List<Long> shape) {
        json.writeArrayPropertyStart("shape");
        shape.forEach(json::writeNumber);
        json.writeEndArray();
    }
}
