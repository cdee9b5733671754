package io.ppipe.format;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of all that a record holds, as its text says it: equal ones have the same content. The same as a profile's. */
public final class Fingerprint {
    private Fingerprint() {}

    /** Returns it in hexadecimal. */
    public static String of(Record record) {
        return of(record.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Returns that of some bytes. */
    public static String of(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every JDK has SHA-256.", e);
        }
    }
}
