package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who may do what. A file has a line for each token: {@code NAME ROLES SHA256}, where roles are some of infer, manage and read
 * with commas between, and the last is the SHA-256 of the token in hexadecimal; the tokens themselves stand nowhere. Empty lines
 * and lines that begin with # are passed over.
 */
public final class Tokens {
    private final List<Holder> holders;

    /**
     * Somebody with a token.
     *
     * @param name as limits and logs name it
     */
    record Holder(String name, Set<Access> roles, byte[] sha256) {}

    private Tokens(List<Holder> holders) {
        this.holders = List.copyOf(holders);
    }

    /**
     * Reads a file of tokens.
     *
     * @throws BadInputException when it can't be read, or a line is wrong
     */
    public static Tokens read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new BadInputException("%s: the tokens can't be read: %s.".formatted(file, e.getMessage()), e);
        }
        var holders = new ArrayList<Holder>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                Holder holder = holder(file, i + 1, line);
                if (holders.stream().anyMatch(other -> other.name().equals(holder.name()))) {
                    throw wrong(file, i + 1, "the name '%s' is there twice".formatted(holder.name()));
                }
                holders.add(holder);
            }
        }
        if (holders.isEmpty()) {
            throw new BadInputException(
                    "%s: it has no token, so nobody could ask anything; leave --tokens out to let everybody."
                            .formatted(file));
        }
        return new Tokens(holders);
    }

    private static Holder holder(Path file, int number, String line) {
        String[] parts = line.split("\\s+");
        if (parts.length != 3) {
            throw wrong(file, number, "expected NAME ROLES SHA256, found %d words".formatted(parts.length));
        }
        var roles = EnumSet.noneOf(Access.class);
        for (String role : parts[1].split(",")) {
            roles.add(role(file, number, role));
        }
        try {
            byte[] sha256 = HexFormat.of().parseHex(parts[2]);
            if (sha256.length == 32) {
                return new Holder(parts[0], roles, sha256);
            }
        } catch (IllegalArgumentException e) {
            // said below, with all else that it may be
        }
        throw wrong(
                file,
                number,
                "the last word must be a SHA-256 of 64 hexadecimal digits; `printf %s TOKEN | sha256sum` gives it");
    }

    private static Access role(Path file, int number, String role) {
        for (Access access : Access.values()) {
            if (access.name().toLowerCase(Locale.ROOT).equals(role)) {
                return access;
            }
        }
        throw wrong(file, number, "'%s' is no role; they are infer, manage and read".formatted(role));
    }

    private static BadInputException wrong(Path file, int line, String what) {
        return new BadInputException("%s:%d: %s.".formatted(file, line, what));
    }

    /** Returns who sent an {@code Authorization} header; empty when nobody is known by it. */
    Optional<Holder> holder(String authorization) {
        if (!authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return Optional.empty();
        }
        byte[] sha256 = sha256(authorization.substring(7).strip());
        Optional<Holder> found = Optional.empty();
        for (Holder holder : holders) { // all of them, so that the time says nothing
            if (MessageDigest.isEqual(holder.sha256(), sha256)) {
                found = Optional.of(holder);
            }
        }
        return found;
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
