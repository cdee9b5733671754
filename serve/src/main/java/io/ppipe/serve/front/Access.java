package io.ppipe.serve.front;

import java.util.Optional;

/**
 * What a request wants, by its method and path: one of the three roles that a token may have, or nothing that needs one.
 *
 * <p>Health is open to all: what asks for it (a load balancer, a kubelet) has no token, and it says nothing but yes or no.
 */
enum Access {
    /** Run models. */
    INFER,
    /** Load and unload models, register shared memory. */
    MANAGE,
    /** Look: metadata, configuration, statistics, the repository's index, metrics. */
    READ;

    /** Where gRPC's methods of the protocol stand. */
    static final String GRPC = "/inference.GRPCInferenceService/";

    /** Returns what a request needs; empty where everybody may. Unknown paths need READ: they end as "not found" for it. */
    static Optional<Access> of(String path) {
        return path.startsWith(GRPC) ? ofGrpc(path.substring(GRPC.length())) : ofRest(path);
    }

    private static Optional<Access> ofGrpc(String method) {
        return switch (method) {
            case "ServerLive", "ServerReady", "ModelReady" -> Optional.empty();
            case "ModelInfer", "ModelStreamInfer" -> Optional.of(INFER);
            case "RepositoryModelLoad",
                    "RepositoryModelUnload",
                    "SystemSharedMemoryRegister",
                    "SystemSharedMemoryUnregister" -> Optional.of(MANAGE);
            default -> Optional.of(READ);
        };
    }

    private static Optional<Access> ofRest(String path) {
        if (path.startsWith("/v2/health/") || (path.startsWith("/v2/models/") && path.endsWith("/ready"))) {
            return Optional.empty();
        }
        if (path.startsWith("/v2/models/") && path.endsWith("/infer")) {
            return Optional.of(INFER);
        }
        boolean changes = path.endsWith("/load") || path.endsWith("/unload") || path.endsWith("/register");
        boolean managed = path.startsWith("/v2/repository/") || path.startsWith("/v2/systemsharedmemory");
        return Optional.of(managed && (changes || path.endsWith("/unregister")) ? MANAGE : READ);
    }
}
