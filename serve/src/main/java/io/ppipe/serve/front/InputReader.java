package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import io.ppipe.serve.Tensor;
import io.ppipe.serve.front.SharedMemory.Place;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One input of a REST request while it is read. JSON gives its fields in any order: data that come before their type and
 * shape are passed over and read again at the end.
 */
final class InputReader {
    private static final int NONE = -1;

    private @Nullable String name;
    private @Nullable ElementType type;
    private @Nullable List<Long> shape;
    private @Nullable ByteBuffer elements;
    private int dataAt = NONE;
    private int binaryBytes = NONE;
    private final PlaceReader place = new PlaceReader();

    void field(String key, JsonParser json) {
        switch (key) {
            case "name" -> name = InferRequestReader.string(json, key);
            case "datatype" -> type = type(InferRequestReader.string(json, key));
            case "shape" -> shape = shape(json);
            case "data" -> data(json);
            case "parameters" -> InferRequestReader.fields(json, key, this::parameter);
            default -> json.skipChildren();
        }
    }

    private void parameter(String key, JsonParser json) {
        if (!key.equals("binary_data_size")) {
            if (!place.field(key, json)) {
                json.skipChildren();
            }
            return;
        }
        long bytes = InferRequestReader.integer(json, key);
        if (bytes < 0 || bytes > Integer.MAX_VALUE) {
            throw new BadInputException("binary_data_size %d is not in 0..%d.".formatted(bytes, Integer.MAX_VALUE));
        }
        binaryBytes = (int) bytes;
    }

    private void data(JsonParser json) {
        dataAt = Math.toIntExact(json.currentTokenLocation().getByteOffset());
        if (name != null && type != null && shape != null) {
            elements = JsonElements.read(json, RequestCheck.quoted(name), type, elements(shape));
        } else {
            json.skipChildren();
        }
    }

    /**
     * Call when all fields are read.
     *
     * @param parserAt gives a parser of the same JSON that starts at an offset
     */
    void finish(IntFunction<JsonParser> parserAt) {
        if (name == null) {
            throw new BadInputException("An input has no name.");
        }
        String input = RequestCheck.quoted(name);
        if (type == null) {
            throw new BadInputException("Input %s has no datatype.".formatted(input));
        }
        if (shape == null) {
            throw new BadInputException("Input %s has no shape.".formatted(input));
        }
        int sources = (dataAt == NONE ? 0 : 1)
                + (binaryBytes == NONE ? 0 : 1)
                + (place.read().isEmpty() ? 0 : 1);
        if (sources != 1) {
            throw new BadInputException(
                    "Input %s must have either data, or the parameter binary_data_size, or a shared_memory_region."
                            .formatted(input));
        }
        if (dataAt != NONE && elements == null) {
            try (JsonParser again = parserAt.apply(dataAt)) {
                again.nextToken();
                elements = JsonElements.read(again, input, type, elements(shape));
            }
        }
    }

    /** Returns how many bytes this input has behind the JSON part. */
    int binaryBytes() {
        return Math.max(0, binaryBytes);
    }

    /**
     * Call after {@link #finish}.
     *
     * @param position where in the body its binary data start, if it has any
     */
    Tensor tensor(byte[] body, int position, Extensions extensions) {
        if (name == null || type == null || shape == null) {
            throw new IllegalStateException("not finished");
        }
        if (elements != null) {
            return new Tensor(name, type, shape, elements);
        }
        Optional<Place> shared = place.read();
        if (shared.isPresent()) {
            return new Tensor(name, type, shape, extensions.memory().read(shared.get()));
        }
        if (binaryBytes > body.length - position) {
            throw new BadInputException(
                    ("Input %s has a binary_data_size of %d, but the body has %d bytes left. Maybe the header"
                                    + " Inference-Header-Content-Length is missing or wrong.")
                            .formatted(RequestCheck.quoted(name), binaryBytes, body.length - position));
        }
        ByteBuffer data = ByteBuffer.wrap(body, position, binaryBytes).slice().order(ByteOrder.LITTLE_ENDIAN);
        return new Tensor(name, type, shape, data);
    }

    static ElementType type(String name) {
        for (ElementType type : ElementType.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw new BadInputException("Datatype %s is not known; there are %s."
                .formatted(RequestCheck.quoted(name), List.of(ElementType.values())));
    }

    private static List<Long> shape(JsonParser json) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new BadInputException("JSON of an inference request: shape must be an array of integers.");
        }
        var shape = new ArrayList<Long>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            shape.add(InferRequestReader.integer(json, "every dimension of shape"));
        }
        return shape;
    }

    private static long elements(List<Long> shape) {
        long elements = 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new BadInputException("A shape has a dimension of %d; sizes are 0 or more.".formatted(dimension));
            }
            try {
                elements = Math.multiplyExact(elements, dimension);
            } catch (ArithmeticException overflow) {
                throw new BadInputException("A shape has more elements than can be counted.", overflow);
            }
        }
        return elements;
    }
}
