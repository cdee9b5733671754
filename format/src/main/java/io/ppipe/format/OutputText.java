package io.ppipe.format;

import java.io.IOException;
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

/** Writes a file so that whoever opens it finds the old content or the new one, whole, even after a power cut. */
final class OutputText {
    private OutputText() {}

    static void json(Node.Mapping root, Path file) {
        write(JsonPrinter.print(root), file);
    }

    /** Writes a file that a person may go on writing: JSON when its name ends so, YAML otherwise. */
    static void yamlOrJson(Node.Mapping root, Path file) {
        write(NodeReader.isJson(file) ? JsonPrinter.print(root) : YamlPrinter.print(root), file);
    }

    private static void write(String text, Path file) {
        if (Files.isDirectory(file)) {
            throw Problem.of(file.toString(), "cannot be written: this is a directory; give the file in it");
        }
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                Files.writeString(file, text); // a pipe or /dev/stdout: nothing that could be replaced
            } else {
                replace(Files.exists(file) ? file.toRealPath() : file, text);
            }
        } catch (NoSuchFileException e) {
            throw Problem.of(file.toString(), "cannot be written: the folder does not exist", e);
        } catch (AccessDeniedException e) {
            throw Problem.of(file.toString(), "cannot be written: no permission", e);
        } catch (FileSystemException e) {
            throw Problem.of(file.toString(), "cannot be written: " + e.getReason(), e);
        } catch (IOException e) {
            throw Problem.of(file.toString(), "cannot be written: " + e.getMessage(), e);
        }
    }

    private static void replace(Path file, String text) throws IOException {
        // Named after the process, so that two of them never share one; a crash leaves it behind, visible as what it
        // is.
        Path temporary = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tmp");
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
