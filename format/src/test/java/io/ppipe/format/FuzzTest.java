package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, its reader returns a value or says in one line what is wrong. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzTest {
    private static final int ROUNDS = 800;

    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "- ",
            "\n",
            "\r",
            "\t",
            "\"",
            "'",
            "#",
            "*a",
            "&a ",
            "!!int ",
            "!t ",
            "|",
            ">",
            "%",
            "---",
            "...",
            "<<",
            "? ",
            "~",
            "null",
            "true",
            "NaN",
            ".inf",
            "-",
            "1e999999999",
            "-1e-999999999",
            "0x1F",
            "1_000",
            "010",
            "99999999999999999999999999",
            "-9223372036854775809",
            "\u0000",
            "\ufeff",
            "\u0085",
            "\u2028",
            "\\ud800",
            "\\",
            "format: plan",
            "version: 2",
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
            "{a: {a: {a: {a: {a: {a: {a: {a: ");

    @TempDir
    Path folder;

    @Test
    void readersOnlyEverComplainInOneLine() throws IOException {
        long start = System.nanoTime();
        int refused = 0;
        for (Formats<?> format : Formats.all(folder)) {
            boolean byPeople = format.name().equals("cluster") || format.name().equals("workload");
            for (String extension : byPeople ? List.of("yaml", "json") : List.of("json")) {
                Path file = folder.resolve(format.name() + "." + extension);
                byte[] good = smallFile(format, file);
                for (long seed = start; seed < start + ROUNDS; seed++) {
                    Files.write(file, mutated(good, new SplittableRandom(seed)));
                    refused += refuses(format, file, seed) ? 1 : 0;
                }
            }
        }
        assertThat(refused).as("most mutations matter").isGreaterThan(6 * ROUNDS / 2);
    }

    private static byte[] smallFile(Formats<?> format, Path file) throws IOException {
        byte[] smallest = new byte[0];
        for (long seed = 1; seed <= 20; seed++) {
            format.write(seed, file);
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > 400 && (smallest.length == 0 || bytes.length < smallest.length)) {
                smallest = bytes;
            }
        }
        return smallest;
    }

    private static boolean refuses(Formats<?> format, Path file, long seed) throws IOException {
        String what = "%s, seed %d".formatted(file.getFileName(), seed);
        try {
            assertThat((Object) format.read().apply(file)).isNotNull();
            return false;
        } catch (BadInputException e) {
            assertThat(e.getMessage())
                    .as(what)
                    .startsWith(file + ":")
                    .hasLineCount(1)
                    .hasSizeLessThan(1_300);
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(
                    "%s: %s%n%s".formatted(what, e, Files.readString(file, StandardCharsets.ISO_8859_1)), e);
        }
    }

    static byte[] mutated(byte[] good, SplittableRandom random) {
        byte[] bytes = good;
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            bytes = switch (random.nextInt(7)) {
                case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                case 1 -> flipped(bytes, random);
                case 2 -> spliced(bytes, random, PIECES.get(random.nextInt(PIECES.size())), 0);
                case 3 -> spliced(bytes, random, PIECES.get(random.nextInt(PIECES.size())), 12);
                default -> relined(bytes, random);
            };
        }
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, SplittableRandom random) {
        byte[] copy = bytes.clone();
        if (copy.length > 0) {
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return copy;
    }

    /** Puts a piece in, in place of up to {@code removed} bytes. */
    private static byte[] spliced(byte[] bytes, SplittableRandom random, String piece, int removed) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + random.nextInt(removed + 1));
        var out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(piece.getBytes(StandardCharsets.UTF_8));
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }

    /** Deletes, doubles or swaps lines. */
    private static byte[] relined(byte[] bytes, SplittableRandom random) {
        // Latin 1 keeps every byte as it is.
        var lines = new ArrayList<>(List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1)));
        int line = random.nextInt(lines.size());
        switch (random.nextInt(3)) {
            case 0 -> lines.remove(line);
            case 1 -> lines.add(random.nextInt(lines.size()), lines.get(line));
            default -> Collections.swap(lines, line, random.nextInt(lines.size()));
        }
        return String.join("\n", lines).getBytes(StandardCharsets.ISO_8859_1);
    }
}
