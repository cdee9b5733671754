package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.Tensor;
import io.ppipe.serve.front.SharedMemory.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the body of a REST inference request: JSON, and behind it the bytes of the tensors that are sent in binary. Reads
 * numbers as they come, without a tree. Keys that the protocol does not have are passed over, as it asks.
 */
final class InferRequestReader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String model;
    private final byte[] body;
    private final int jsonBytes;
    private final Extensions extensions;
    private final List<InputReader> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final Map<String, Boolean> binaryByOutput = new LinkedHashMap<>();
    private final Map<String, Place> placeByOutput = new LinkedHashMap<>();
    private String id = "";
    private boolean binaryByDefault;
    private OptionalLong timeoutMicros = OptionalLong.empty();

    private InferRequestReader(String model, byte[] body, int jsonBytes, Extensions extensions) {
        this.model = model;
        this.body = body;
        this.jsonBytes = jsonBytes;
        this.extensions = extensions;
    }

    /**
     * @param jsonBytes length of the JSON part; the rest is binary data
     * @throws BadInputException in one line for the client
     */
    static InferRequest read(String model, byte[] body, int jsonBytes, Extensions extensions) {
        return new InferRequestReader(model, body, jsonBytes, extensions).read();
    }

    private InferRequest read() {
        try (JsonParser json = parser(0)) {
            json.nextToken();
            fields(json, "the request", this::field);
            if (json.nextToken() != null) {
                throw new BadInputException(
                        "The body goes on after the JSON object; binary data behind it needs the header"
                                + " Inference-Header-Content-Length with the length of the JSON part.");
            }
        } catch (JacksonException e) {
            throw new BadInputException(
                    "The body is not the JSON of an inference request: %s (line %d, column %d)."
                            .formatted(
                                    e.getOriginalMessage().lines().findFirst().orElse("malformed"),
                                    e.getLocation() == null
                                            ? 1
                                            : e.getLocation().getLineNr(),
                                    e.getLocation() == null
                                            ? 1
                                            : e.getLocation().getColumnNr()),
                    e);
        }
        return new InferRequest(
                new Call(model, id, tensors(), List.copyOf(outputs), timeoutMicros),
                binaryByDefault,
                binaryByOutput,
                placeByOutput);
    }

    private List<Tensor> tensors() {
        var tensors = new ArrayList<Tensor>();
        int position = jsonBytes;
        for (InputReader input : inputs) {
            tensors.add(input.tensor(body, position, extensions));
            position += input.binaryBytes();
        }
        if (position != body.length) {
            throw new BadInputException(
                    "%d bytes of binary data follow the JSON part, the inputs' binary_data_size say %d."
                            .formatted(body.length - jsonBytes, position - jsonBytes));
        }
        return tensors;
    }

    private void field(String key, JsonParser json) {
        switch (key) {
            case "id" -> id = string(json, key);
            case "parameters" -> fields(json, key, this::parameter);
            case "inputs" -> objects(json, key, this::input);
            case "outputs" -> objects(json, key, this::output);
            default -> json.skipChildren();
        }
    }

    private void parameter(String key, JsonParser json) {
        switch (key) {
            case "timeout" -> timeoutMicros = Timeout.ofParameter(integer(json, key));
            case "binary_data_output" -> binaryByDefault = bool(json, key);
            default -> json.skipChildren();
        }
    }

    private void input(JsonParser json) {
        var input = new InputReader();
        fields(json, "an input", (key, value) -> input.field(key, value));
        input.finish(this::parser);
        inputs.add(input);
    }

    private void output(JsonParser json) {
        var output = new OutputReader();
        fields(json, "an output", output::field);
        if (output.name == null) {
            throw new BadInputException("An output has no name.");
        }
        outputs.add(output.name);
        if (output.binary != null) {
            binaryByOutput.put(output.name, output.binary);
        }
        Optional<Place> place = output.place.read();
        if (place.isPresent()) {
            extensions.memory().check(place.get());
            placeByOutput.put(output.name, place.get());
        }
    }

    private JsonParser parser(int offset) {
        return JSON.createParser(ObjectReadContext.empty(), body, offset, jsonBytes - offset);
    }

    private static final class OutputReader {
        private @Nullable String name;
        private @Nullable Boolean binary;
        private final PlaceReader place = new PlaceReader();

        void field(String key, JsonParser json) {
            switch (key) {
                case "name" -> name = string(json, key);
                case "parameters" ->
                    fields(json, key, (parameter, value) -> {
                        if (parameter.equals("binary_data")) {
                            binary = bool(value, parameter);
                        } else if (!place.field(parameter, value)) {
                            value.skipChildren();
                        }
                    });
                default -> json.skipChildren();
            }
        }
    }

    /** Takes one field whose value the parser is at; leaves it at the value's end. */
    @FunctionalInterface
    interface Field {
        void read(String key, JsonParser json);
    }

    static void fields(JsonParser json, String what, Field field) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new BadInputException("JSON of an inference request: %s must be an object.".formatted(what));
        }
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            json.nextToken();
            field.read(key, json);
        }
    }

    private static void objects(JsonParser json, String key, Consumer<JsonParser> object) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new BadInputException("JSON of an inference request: %s must be an array.".formatted(key));
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            object.accept(json);
        }
    }

    static String string(JsonParser json, String key) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new BadInputException("JSON of an inference request: %s must be a string.".formatted(key));
        }
        return json.getString();
    }

    static long integer(JsonParser json, String key) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw new BadInputException("JSON of an inference request: %s must be an integer.".formatted(key));
        }
        return json.getLongValue();
    }

    private static boolean bool(JsonParser json, String key) {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default ->
                throw new BadInputException("JSON of an inference request: %s must be true or false.".formatted(key));
        };
    }
}
