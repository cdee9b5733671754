package io.ppipe.serve.front;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Changes bytes as a broken or hostile client would: flips, cuts, doubles, puts pieces of JSON or odd numbers in. */
final class Mutation {
    private static final String[] PIECES = {
        "[",
        "]",
        "{",
        "}",
        "\"",
        ",",
        ":",
        "-1",
        "null",
        "true",
        "1e999",
        "9223372036854775807",
        "-9223372036854775808",
        "0",
        "\\u0000",
        "\"BYTES\"",
        "\"FP16\"",
        "\"INT64\"",
        "\"shape\"",
        "\"x\"",
        "2147483647",
        "../",
        "%2e%2e%2f",
        "\u00ff"
    };

    private final Random random;

    Mutation(Random random) {
        this.random = random;
    }

    /** Returns a copy with one to three changes; now and then with none. */
    byte[] of(byte[] original) {
        byte[] bytes = original;
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            bytes = changed(bytes);
        }
        return bytes;
    }

    String of(String original) {
        return new String(of(original.getBytes(StandardCharsets.ISO_8859_1)), StandardCharsets.ISO_8859_1);
    }

    private byte[] changed(byte[] from) {
        if (from.length == 0) {
            return piece();
        }
        int at = random.nextInt(from.length);
        int to = at + random.nextInt(Math.min(from.length - at, 32) + 1);
        return switch (random.nextInt(6)) {
            case 0 -> {
                byte[] flipped = from.clone();
                flipped[at] = (byte) random.nextInt(256);
                yield flipped;
            }
            case 1 -> Arrays.copyOf(from, at);
            case 2 -> joined(Arrays.copyOf(from, at), piece(), Arrays.copyOfRange(from, at, from.length));
            case 3 -> joined(Arrays.copyOf(from, at), piece(), Arrays.copyOfRange(from, to, from.length));
            case 4 -> joined(Arrays.copyOf(from, at), Arrays.copyOfRange(from, to, from.length));
            default -> joined(Arrays.copyOf(from, to), Arrays.copyOfRange(from, at, from.length));
        };
    }

    private byte[] piece() {
        return PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
