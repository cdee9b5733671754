package io.ppipe.serve.front;

import io.ppipe.serve.front.SharedMemory.Place;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/** Those of a tensor's parameters in a REST request that say where in shared memory it is. */
final class PlaceReader {
    private @Nullable String region;
    private long offset;
    private long byteSize;

    /** Takes a parameter, if it is one of them; else returns false. */
    boolean field(String key, JsonParser json) {
        switch (key) {
            case GrpcSharedMemory.REGION -> region = InferRequestReader.string(json, key);
            case GrpcSharedMemory.OFFSET -> offset = InferRequestReader.integer(json, key);
            case GrpcSharedMemory.BYTE_SIZE -> byteSize = InferRequestReader.integer(json, key);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Returns the place, if a region was named. */
    Optional<Place> read() {
        return Optional.ofNullable(region).map(name -> new Place(name, offset, byteSize));
    }
}
