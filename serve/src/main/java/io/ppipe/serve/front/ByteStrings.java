package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The elements of BYTES tensors in binary form: each is its length, 4 bytes little-endian, and then so many bytes. */
final class ByteStrings {
    /** Bytes before each element. */
    static final int PREFIX_BYTES = Integer.BYTES;

    private ByteStrings() {}

    /** Takes the next element out of a tensor's data, whose position moves behind it. */
    static ByteBuffer next(ByteBuffer data) {
        int length = data.order(ByteOrder.LITTLE_ENDIAN).getInt();
        ByteBuffer element = data.slice(data.position(), length);
        data.position(data.position() + length);
        return element;
    }

    /**
     * Returns the next element as text.
     *
     * @throws BadInputException when it isn't UTF-8
     */
    static String nextText(String output, ByteBuffer data) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(next(data)).toString();
        } catch (CharacterCodingException e) {
            throw new BadInputException(
                    "Output %s has an element that isn't UTF-8, which JSON can't carry; ask for it as binary data."
                            .formatted(RequestCheck.quoted(output)),
                    e);
        }
    }

    /**
     * Returns what is wrong with a tensor's data, or nothing.
     *
     * @param elements how many its shape says
     */
    static Optional<String> check(String input, ByteBuffer data, long elements) {
        ByteBuffer rest = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long found = 0;
        while (rest.remaining() >= PREFIX_BYTES) {
            long length = Integer.toUnsignedLong(rest.getInt());
            if (length > rest.remaining()) {
                return Optional.of("Input %s: element %d says it has %d bytes, but %d are left."
                        .formatted(input, found, length, rest.remaining()));
            }
            rest.position(rest.position() + (int) length);
            found++;
        }
        if (rest.hasRemaining()) {
            return Optional.of("Input %s: %d bytes follow its last element; every element has 4 bytes of length first."
                    .formatted(input, rest.remaining()));
        }
        return found == elements
                ? Optional.empty()
                : Optional.of("Input %s has %d elements, its shape says %d.".formatted(input, found, elements));
    }
}
