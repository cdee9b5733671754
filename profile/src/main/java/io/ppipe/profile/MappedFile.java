package io.ppipe.profile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file whose bytes are in memory only while they are looked at, and shared with all other readers. It must not be changed
 * in place meanwhile; replacing it is fine.
 */
record MappedFile(MemorySegment bytes) {
    private static final int CHUNK = 1 << 20;

    static MappedFile open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            // Unmapped when the last view of it is gone: weights keep theirs as long as the model lives.
            return new MappedFile(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
        }
    }

    long size() {
        return bytes.byteSize();
    }

    /** Something that takes bytes, such as a stream. */
    interface Sink {
        void take(byte[] bytes, int offset, int length) throws IOException;
    }

    /** Hands bytes over piece by piece: through an array, which hashes and streams take faster than mapped memory. */
    static void copy(MemorySegment bytes, Sink sink) throws IOException {
        var piece = new byte[(int) Math.min(CHUNK, bytes.byteSize())];
        for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
            int length = (int) Math.min(CHUNK, bytes.byteSize() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, piece, 0, length);
            sink.take(piece, 0, length);
        }
    }
}
