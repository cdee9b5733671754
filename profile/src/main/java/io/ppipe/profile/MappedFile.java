package io.ppipe.profile;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file whose bytes are in memory only while they are looked at, and shared with all other readers. It must not be changed
 * in place meanwhile; replacing it is fine.
 */
record MappedFile(MemorySegment segment) {
    static MappedFile open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            // Unmapped when the last view of it is gone: tensors keep theirs as long as the model lives.
            return new MappedFile(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
        }
    }

    long size() {
        return segment.byteSize();
    }

    /** Returns a view; at most 2 GiB. */
    ByteString bytes(long offset, long length) {
        return UnsafeByteOperations.unsafeWrap(segment.asSlice(offset, length).asByteBuffer());
    }
}
