package io.ppipe.format;

import io.ppipe.model.BadInputException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens the text of a file from outside: UTF-8, bounded in size, with problems said in one line. */
final class InputText {
    private InputText() {}

    /** Somebody's use of an open file. */
    interface Use<T> {
        T of(Reader text) throws IOException;
    }

    /**
     * Returns what {@code use} makes of the file's text.
     *
     * @param maxBytes a file with more bytes than this is refused, at the latest when that many are read
     * @throws BadInputException when the file cannot be read, is too long, or isn't UTF-8
     */
    static <T> T read(Path file, long maxBytes, Use<T> use) {
        if (Files.isDirectory(file)) {
            throw Problem.of(file.toString(), "this is a directory; give the file in it");
        }
        try (var bytes = new Bounded(Files.newInputStream(file), file, maxBytes);
                var text = new InputStreamReader(bytes, decoder())) {
            return use.of(text);
        } catch (NoSuchFileException e) {
            throw Problem.of(file.toString(), "there is no such file", e);
        } catch (AccessDeniedException e) {
            throw Problem.of(file.toString(), "no permission to read this file", e);
        } catch (CharacterCodingException e) {
            throw notUtf8(file);
        } catch (IOException e) {
            throw Problem.of(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static CharsetDecoder decoder() {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /** Reads the file again to find the line: readers buffer, so the first time it is not known. */
    private static BadInputException notUtf8(Path file) {
        String message = "this is not UTF-8 text; save the file as UTF-8";
        try (var in = Files.newInputStream(file)) {
            var bytes = ByteBuffer.allocate(8192);
            var chars = CharBuffer.allocate(8192);
            var decoder = decoder();
            int line = 1;
            while (true) {
                int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
                bytes.limit(bytes.position() + Math.max(0, read)).rewind();
                var result = decoder.decode(bytes, chars.clear(), read < 0);
                line += (int) chars.flip().chars().filter(c -> c == '\n').count();
                if (result.isError() || read < 0) {
                    return Problem.at(file.toString(), line, message);
                }
                bytes.compact();
            }
        } catch (IOException e) {
            return Problem.of(file.toString(), message);
        }
    }

    /** Ends with a problem once more bytes are read than allowed: a device or a pipe does not say how long it is. */
    private static final class Bounded extends FilterInputStream {
        private final Path file;
        private final long maxBytes;
        private long read;

        Bounded(InputStream in, Path file, long maxBytes) {
            super(in);
            this.file = file;
            this.maxBytes = maxBytes;
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            count(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int got = super.read(buffer, offset, length);
            count(Math.max(0, got));
            return got;
        }

        private void count(int bytes) {
            read += bytes;
            if (read > maxBytes) {
                throw Problem.of(
                        file.toString(),
                        "this file is longer than the %d MiB that are read; is it the right one?"
                                .formatted(maxBytes >> 20));
            }
        }
    }
}
