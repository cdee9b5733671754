package io.ppipe.format;

import io.ppipe.model.BadInputException;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears whole, when it is {@linkplain #finish finished}, or not at all, even after a power cut: whoever opens
 * it finds the old content or the new one. Until then the content stands beside it under a name that ends in {@code .tmp}. What is no regular file, such as {@code /dev/stdout}, is written directly.
 * Whatever goes wrong is a {@link BadInputException} that names the file.
 */
public final class WholeFile implements Closeable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final Path written;
    private final FileChannel channel;
    private final OutputStream stream;

    private WholeFile(Path file, Path written, StandardOpenOption... options) throws IOException {
        this.file = file;
        this.written = written;
        this.channel = FileChannel.open(written, options);
        this.stream = new BufferedOutputStream(new Content(), BUFFER_BYTES);
    }

    /** Writes a file of UTF-8 text. */
    public static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a file. */
    public static void write(Path file, byte[] bytes) {
        try (var whole = open(file)) {
            whole.append(ByteBuffer.wrap(bytes));
            whole.finish();
        }
    }

    /** Begins a file; what stands there under its name stays until {@link #finish}. */
    public static WholeFile open(Path file) {
        if (Files.isDirectory(file)) {
            throw Problem.of(file.toString(), "cannot be written: this is a directory; give the file in it");
        }
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return new WholeFile(file, file, StandardOpenOption.WRITE);
            }
            Path real = Files.exists(file) ? file.toRealPath() : file;
            // Named after the process, so that two of them never share one.
            Path temporary = real.resolveSibling(
                    real.getFileName() + "." + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tmp");
            return new WholeFile(real, temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    private static BadInputException cannotWrite(Path file, IOException e) {
        String reason = switch (e) {
            case NoSuchFileException _ -> "the folder does not exist";
            case AccessDeniedException _ -> "no permission";
            case FileSystemException system -> String.valueOf(system.getReason());
            default -> String.valueOf(e.getMessage());
        };
        return Problem.of(file.toString(), "cannot be written: " + reason, e);
    }

    /** Returns where the content goes; buffered. */
    public OutputStream stream() {
        return stream;
    }

    private final class Content extends OutputStream {
        @Override
        public void write(int single) {
            append(ByteBuffer.wrap(new byte[] {(byte) single}));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            append(ByteBuffer.wrap(bytes, offset, length));
        }
    }

    private void append(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /** Puts the content in place. */
    public void finish() {
        try {
            stream.flush();
            if (!written.equals(file)) {
                channel.force(true);
                channel.close();
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /** Throws the content away unless it was finished. */
    @Override
    public void close() {
        try {
            channel.close();
            if (!written.equals(file)) {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }
}
