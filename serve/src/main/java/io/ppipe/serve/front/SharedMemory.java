package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Regions of POSIX shared memory that clients of this machine have registered, mapped into this process. Tensors are copied
 * out of them and into them once, so a client may reuse its memory when it has its answer. Safe for use by any thread.
 */
public final class SharedMemory implements AutoCloseable {
    /** Where Linux shows shared-memory objects as files. */
    private static final Path OBJECTS = Path.of("/dev/shm");

    /** More are a leak of some client. */
    private static final int MAX_REGIONS = 1024;

    private static final int MAX_NAME_LENGTH = 255;

    private final Map<String, Region> regions = new ConcurrentSkipListMap<>();

    /**
     * A registered region.
     *
     * @param key the shared-memory object, as shm_open takes it
     * @param offset where in the object it begins, in bytes
     */
    record Status(String name, String key, long offset, long byteSize) {}

    /**
     * Where a tensor is.
     *
     * @param offset where in the region it begins, in bytes
     */
    record Place(String region, long offset, long byteSize) {}

    /** Copies hold the lock for reading, unmapping for writing: memory that is unmapped is never touched. */
    private record Region(Status status, Arena arena, MemorySegment memory, ReadWriteLock use) {
        void unmap() {
            use.writeLock().lock();
            try {
                arena.close();
            } finally {
                use.writeLock().unlock();
            }
        }
    }

    /**
     * Maps a part of a shared-memory object.
     *
     * @throws BadInputException when the name is taken, there is no such object, or the part is not within it
     */
    synchronized void register(String name, String key, long offset, long byteSize) {
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
            throw new BadInputException("A region's name must have 1 to %d characters.".formatted(MAX_NAME_LENGTH));
        }
        if (regions.containsKey(name)) {
            throw new BadInputException("Region %s is registered; unregister it first, or take another name."
                    .formatted(RequestCheck.quoted(name)));
        }
        if (regions.size() >= MAX_REGIONS) {
            throw new BadInputException(
                    "%d regions are registered, the most that there may be; unregister some.".formatted(MAX_REGIONS));
        }
        if (offset < 0 || byteSize < 1 || offset > Long.MAX_VALUE - byteSize) {
            throw new BadInputException(
                    "Offset %d and byte_size %d must be at least 0 and 1, and their sum a 64-bit number."
                            .formatted(offset, byteSize));
        }
        regions.put(name, map(new Status(name, key, offset, byteSize)));
    }

    @SuppressWarnings("MustBeClosedChecker") // the region has the arena, and closes it
    private static Region map(Status status) {
        Path object = object(status.key());
        var arena = Arena.ofShared();
        try (FileChannel file = FileChannel.open(
                object, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (status.offset() + status.byteSize() > file.size()) { // mapping more would make the object grow
                throw new BadInputException("Shared memory %s has %d bytes; offset %d and byte_size %d lead beyond."
                        .formatted(RequestCheck.quoted(status.key()), file.size(), status.offset(), status.byteSize()));
            }
            MemorySegment memory = file.map(MapMode.READ_WRITE, status.offset(), status.byteSize(), arena);
            return new Region(status, arena, memory, new ReentrantReadWriteLock());
        } catch (IOException e) {
            arena.close();
            throw new BadInputException(
                    "Shared memory %s can't be opened for reading and writing."
                            .formatted(RequestCheck.quoted(status.key())),
                    e);
        } catch (BadInputException e) {
            arena.close();
            throw e;
        }
    }

    private static Path object(String key) {
        String name = key.startsWith("/") ? key.substring(1) : key;
        boolean plain = !name.isEmpty()
                && name.length() <= MAX_NAME_LENGTH
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == 0);
        if (!plain) {
            throw new BadInputException(
                    "Key %s must be the name of a shared-memory object, as shm_open takes it: no '/' but the first."
                            .formatted(RequestCheck.quoted(key)));
        }
        Path object = OBJECTS.resolve(name);
        if (!Files.isRegularFile(object, LinkOption.NOFOLLOW_LINKS)) {
            throw new BadInputException(
                    "There is no shared-memory object %s on this machine.".formatted(RequestCheck.quoted(key)));
        }
        return object;
    }

    /** Unmaps a region when the copies under way are over; nothing happens when there is none. */
    void unregister(String name) {
        Region region = regions.remove(name);
        if (region != null) {
            region.unmap();
        }
    }

    /** Unmaps every region. */
    void unregisterAll() {
        regions.keySet().forEach(this::unregister);
    }

    /** Returns every region by name. */
    List<Status> regions() {
        return regions.values().stream().map(Region::status).toList();
    }

    /**
     * Returns a region.
     *
     * @throws BadInputException when there is none of that name
     */
    Status region(String name) {
        return find(name).status();
    }

    private Region find(String name) {
        Region region = regions.get(name);
        if (region == null) {
            throw new BadInputException(
                    "There is no shared-memory region %s; register it first.".formatted(RequestCheck.quoted(name)));
        }
        return region;
    }

    /**
     * Returns a copy of what is there, little-endian from position 0 to limit.
     *
     * @throws BadInputException when the place is not within a region
     */
    ByteBuffer read(Place place) {
        Region region = within(place);
        if (place.byteSize() > Integer.MAX_VALUE - 8) {
            throw new BadInputException("A tensor in shared memory is larger than 2 GiB.");
        }
        var copy = new byte[(int) place.byteSize()];
        copy(
                region,
                () -> MemorySegment.copy(
                        region.memory(), place.offset(), MemorySegment.ofArray(copy), 0, place.byteSize()));
        return ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Puts a tensor there.
     *
     * @throws BadInputException when the place is not within a region, or too small
     */
    void write(Place place, ByteBuffer data) {
        Region region = within(place);
        if (data.remaining() > place.byteSize()) {
            throw new BadInputException("An output has %d bytes, but its shared_memory_byte_size is %d."
                    .formatted(data.remaining(), place.byteSize()));
        }
        copy(
                region,
                () -> MemorySegment.copy(
                        MemorySegment.ofBuffer(data), 0, region.memory(), place.offset(), data.remaining()));
    }

    /**
     * Checks that a place is within its region.
     *
     * @throws BadInputException when it is not
     */
    void check(Place place) {
        within(place);
    }

    private Region within(Place place) {
        Region region = find(place.region());
        long size = region.status().byteSize();
        if (place.offset() < 0
                || place.byteSize() < 0
                || place.offset() > size
                || place.byteSize() > size - place.offset()) {
            throw new BadInputException("Offset %d and byte size %d are not within the %d bytes of region %s."
                    .formatted(place.offset(), place.byteSize(), size, RequestCheck.quoted(place.region())));
        }
        return region;
    }

    private static void copy(Region region, Runnable copy) {
        region.use().readLock().lock();
        try {
            if (!region.arena().scope().isAlive()) {
                throw new BadInputException("Region %s was unregistered while a request used it."
                        .formatted(RequestCheck.quoted(region.status().name())));
            }
            copy.run();
        } catch (InternalError e) { // how the JVM reports that the memory behind a mapping is gone
            throw new BadInputException(
                    "The memory of region %s is gone: the object has become smaller since it was registered."
                            .formatted(RequestCheck.quoted(region.status().name())),
                    e);
        } finally {
            region.use().readLock().unlock();
        }
    }

    @Override
    public void close() {
        unregisterAll();
    }
}
