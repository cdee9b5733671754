package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The elements of one JSON tensor, read from an array that is flat or nested in any way; row-major order is that of the
 * text. NaN and infinities come as the strings "NaN", "Infinity" and "-Infinity", since JSON has no numbers for them.
 * BYTES are strings, taken as UTF-8.
 */
final class JsonElements {
    private static final int FIRST_ELEMENTS = 4096;

    private final String input;
    private final ElementType type;
    private final long count;
    private ByteBuffer elements;

    private JsonElements(String input, ElementType type, long count) {
        this.input = input;
        this.type = type;
        this.count = count;
        this.elements = buffer(Math.min(count, FIRST_ELEMENTS));
    }

    /**
     * Reads the array at whose start the parser is. Memory follows the elements that come, not the count that is claimed.
     *
     * @param input name for messages
     * @param count elements that the shape says
     * @return little-endian, from position 0 to limit
     * @throws BadInputException when an element does not fit the type, or there are not exactly {@code count}
     */
    static ByteBuffer read(JsonParser json, String input, ElementType type, long count) {
        if (!Intake.listable(type)) {
            throw new BadInputException(
                    "Input %s: %s can't be given as JSON; send it as binary data.".formatted(input, type));
        }
        return new JsonElements(input, type, count).read(json);
    }

    private ByteBuffer read(JsonParser json) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new BadInputException("Input %s: data must be an array.".formatted(input));
        }
        int depth = 1;
        long read = 0;
        while (depth > 0) {
            switch (json.nextToken()) {
                case START_ARRAY -> depth++;
                case END_ARRAY -> depth--;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE, VALUE_STRING -> {
                    if (++read > count) {
                        throw new BadInputException(
                                "Input %s: data has more elements than the %d of its shape.".formatted(input, count));
                    }
                    if (type == ElementType.BYTES) {
                        putString(json);
                    } else {
                        reserve();
                        put(json);
                    }
                }
                case null, default -> throw wrong(json);
            }
        }
        if (read < count) {
            throw new BadInputException(
                    "Input %s: data has %d elements, its shape says %d.".formatted(input, read, count));
        }
        return elements.flip();
    }

    private void reserve() {
        if (elements.remaining() < type.sizeBytes()) {
            ByteBuffer larger = buffer(Math.min(count, 2L * elements.capacity() / type.sizeBytes()));
            elements = larger.put(elements.flip());
        }
    }

    private void putString(JsonParser json) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw wrong(json);
        }
        byte[] text = json.getString().getBytes(StandardCharsets.UTF_8);
        long needed = (long) elements.position() + ByteStrings.PREFIX_BYTES + text.length;
        if (needed > elements.capacity()) {
            elements = bytes(Math.max(needed, 2L * elements.capacity())).put(elements.flip());
        }
        elements.putInt(text.length).put(text);
    }

    private ByteBuffer buffer(long size) {
        return bytes(size * type.sizeBytes()); // can't overflow: size is bounded by the elements read so far
    }

    private ByteBuffer bytes(long bytes) {
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new BadInputException("Input %s is larger than 2 GiB.".formatted(input));
        }
        return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void put(JsonParser json) {
        switch (type) {
            case BOOL -> elements.put(bool(json));
            case INT8 -> elements.put((byte) integer(json, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case INT16 -> elements.putShort((short) integer(json, Short.MIN_VALUE, Short.MAX_VALUE));
            case INT32 -> elements.putInt((int) integer(json, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case INT64 -> elements.putLong(integer(json, Long.MIN_VALUE, Long.MAX_VALUE));
            case UINT8 -> elements.put((byte) integer(json, 0, 0xFF));
            case UINT16 -> elements.putShort((short) integer(json, 0, 0xFFFF));
            case UINT32 -> elements.putInt((int) integer(json, 0, 0xFFFF_FFFFL));
            case UINT64 -> elements.putLong(unsignedLong(json));
            case FP32 -> elements.putFloat(fp32(json));
            case FP64 -> elements.putDouble(fp64(json));
            case FP16, BF16, BYTES -> throw new AssertionError(type); // halves are refused, strings put by putString
        }
    }

    private byte bool(JsonParser json) {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> 1;
            case VALUE_FALSE -> 0;
            default -> (byte) integer(json, 0, 1);
        };
    }

    private long integer(JsonParser json, long least, long most) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw wrong(json);
        }
        long value = json.getLongValue();
        if (value < least || value > most) {
            throw wrong(json);
        }
        return value;
    }

    private long unsignedLong(JsonParser json) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrong(json);
        }
        BigInteger value = json.getBigIntegerValue();
        if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
            throw wrong(json);
        }
        return value.longValue();
    }

    private float fp32(JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return (float) special(json);
        }
        requireNumber(json);
        float value = json.getFloatValue();
        if (Float.isInfinite(value)) {
            throw wrong(json);
        }
        return value;
    }

    private double fp64(JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return special(json);
        }
        requireNumber(json);
        double value = json.getDoubleValue();
        if (Double.isInfinite(value)) {
            throw wrong(json);
        }
        return value;
    }

    private double special(JsonParser json) {
        return switch (json.getString()) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw wrong(json);
        };
    }

    private void requireNumber(JsonParser json) {
        if (!json.currentToken().isNumeric()) {
            throw wrong(json);
        }
    }

    private BadInputException wrong(JsonParser json) {
        String value = json.currentToken() == null ? "the end of the body" : RequestCheck.quoted(json.getString());
        return new BadInputException("Input %s: %s is not a value of %s.".formatted(input, value, type));
    }
}
