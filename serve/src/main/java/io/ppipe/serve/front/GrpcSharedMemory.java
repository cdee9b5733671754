package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import io.ppipe.protocol.v2.InferParameter;
import io.ppipe.protocol.v2.SystemSharedMemoryRegisterRequest;
import io.ppipe.protocol.v2.SystemSharedMemoryRegisterResponse;
import io.ppipe.protocol.v2.SystemSharedMemoryStatusRequest;
import io.ppipe.protocol.v2.SystemSharedMemoryStatusResponse;
import io.ppipe.protocol.v2.SystemSharedMemoryStatusResponse.RegionStatus;
import io.ppipe.protocol.v2.SystemSharedMemoryUnregisterRequest;
import io.ppipe.protocol.v2.SystemSharedMemoryUnregisterResponse;
import io.ppipe.serve.front.SharedMemory.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** System shared memory as gRPC messages. Every method throws what the client is to be told. */
final class GrpcSharedMemory {
    static final String REGION = "shared_memory_region";
    static final String OFFSET = "shared_memory_offset";
    static final String BYTE_SIZE = "shared_memory_byte_size";

    private GrpcSharedMemory() {}

    static SystemSharedMemoryStatusResponse status(Extensions extensions, SystemSharedMemoryStatusRequest request) {
        SharedMemory memory = extensions.memory();
        List<SharedMemory.Status> regions =
                request.getName().isEmpty() ? memory.regions() : List.of(memory.region(request.getName()));
        var response = SystemSharedMemoryStatusResponse.newBuilder();
        regions.forEach(region -> response.putRegions(
                region.name(),
                RegionStatus.newBuilder()
                        .setName(region.name())
                        .setKey(region.key())
                        .setOffset(region.offset())
                        .setByteSize(region.byteSize())
                        .build()));
        return response.build();
    }

    static SystemSharedMemoryRegisterResponse register(
            Extensions extensions, SystemSharedMemoryRegisterRequest request) {
        extensions.memory().register(request.getName(), request.getKey(), request.getOffset(), request.getByteSize());
        return SystemSharedMemoryRegisterResponse.getDefaultInstance();
    }

    static SystemSharedMemoryUnregisterResponse unregister(
            Extensions extensions, SystemSharedMemoryUnregisterRequest request) {
        SharedMemory memory = extensions.memory();
        if (request.getName().isEmpty()) {
            memory.unregisterAll();
        } else {
            memory.unregister(request.getName());
        }
        return SystemSharedMemoryUnregisterResponse.getDefaultInstance();
    }

    /** Returns where a tensor with these parameters is, if it is in shared memory. */
    static Optional<Place> place(Map<String, InferParameter> parameters) {
        InferParameter region = parameters.get(REGION);
        if (region == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Place(region.getStringParam(), integer(parameters, OFFSET), integer(parameters, BYTE_SIZE)));
    }

    private static long integer(Map<String, InferParameter> parameters, String name) {
        InferParameter value = parameters.getOrDefault(name, InferParameter.getDefaultInstance());
        return switch (value.getParameterChoiceCase()) {
            case INT64_PARAM -> value.getInt64Param();
            case UINT64_PARAM -> value.getUint64Param();
            case PARAMETERCHOICE_NOT_SET -> 0;
            default -> throw new BadInputException("Parameter %s must be an integer (int64_param).".formatted(name));
        };
    }

    /** Returns the parameters that say where an output was put. */
    static Map<String, InferParameter> parameters(Place place, long bytes) {
        return Map.of(
                REGION,
                InferParameter.newBuilder().setStringParam(place.region()).build(),
                OFFSET,
                InferParameter.newBuilder().setInt64Param(place.offset()).build(),
                BYTE_SIZE,
                InferParameter.newBuilder().setInt64Param(bytes).build());
    }
}
