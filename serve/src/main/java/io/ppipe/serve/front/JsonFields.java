package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The fields of a small JSON object, read by their types.
 *
 * @param values strings, longs and booleans as such, everything else as its token
 */
record JsonFields(Map<String, Object> values) {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * @param body an object, or nothing
     * @throws BadInputException in one line for the client
     */
    static JsonFields read(byte[] body) {
        var values = new LinkedHashMap<String, Object>();
        if (body.length == 0) {
            return new JsonFields(values);
        }
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new BadInputException("The body must be a JSON object, or empty.");
            }
            for (String key = json.nextName(); key != null; key = json.nextName()) {
                values.put(key, value(json, json.nextToken()));
            }
            if (json.nextToken() != null) {
                throw new BadInputException("The body goes on after the JSON object.");
            }
        } catch (JacksonException e) {
            throw new BadInputException(
                    "The body is not JSON: %s."
                            .formatted(
                                    e.getOriginalMessage().lines().findFirst().orElse("malformed")),
                    e);
        }
        return new JsonFields(values);
    }

    private static Object value(JsonParser json, JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> json.getString();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> {
                json.skipChildren();
                yield token;
            }
        };
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    Optional<Boolean> bool(String key) {
        return Optional.ofNullable(values.get(key)).map(value -> {
            if (value instanceof Boolean bool) {
                return bool;
            }
            throw wrong(key, "true or false");
        });
    }

    Optional<String> string(String key) {
        return Optional.ofNullable(values.get(key)).map(value -> {
            if (value instanceof String string) {
                return string;
            }
            throw wrong(key, "a string");
        });
    }

    OptionalLong integer(String key) {
        Object value = values.get(key);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (value instanceof Long number) {
            return OptionalLong.of(number);
        }
        throw wrong(key, "an integer");
    }

    private static BadInputException wrong(String key, String expected) {
        return new BadInputException("%s must be %s.".formatted(key, expected));
    }
}
