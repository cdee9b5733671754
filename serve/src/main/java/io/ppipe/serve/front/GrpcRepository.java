package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import io.ppipe.protocol.v2.RepositoryIndexRequest;
import io.ppipe.protocol.v2.RepositoryIndexResponse;
import io.ppipe.protocol.v2.RepositoryIndexResponse.ModelIndex;
import io.ppipe.protocol.v2.RepositoryModelLoadRequest;
import io.ppipe.protocol.v2.RepositoryModelLoadResponse;
import io.ppipe.protocol.v2.RepositoryModelUnloadRequest;
import io.ppipe.protocol.v2.RepositoryModelUnloadResponse;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import io.ppipe.serve.ModelRepository;
import io.ppipe.serve.ModelRepository.State;
import java.util.Optional;

/** Model repository as gRPC messages. Every method throws what the client is to be told. */
final class GrpcRepository {
    private GrpcRepository() {}

    static RepositoryIndexResponse index(Extensions extensions, RepositoryIndexRequest request) {
        var response = RepositoryIndexResponse.newBuilder();
        repository(extensions).index().stream()
                .filter(entry -> !request.getReady() || entry.state() == State.READY)
                .map(entry -> ModelIndex.newBuilder()
                        .setName(entry.model())
                        .setVersion(entry.version())
                        .setState(entry.state().name())
                        .setReason(entry.reason()))
                .forEach(response::addModels);
        return response.build();
    }

    static RepositoryModelLoadResponse load(Extensions extensions, RepositoryModelLoadRequest request) {
        if (request.getParametersCount() > 0) {
            throw new BadInputException(
                    "This server takes no parameters here; write a config.pbtxt into the model's folder.");
        }
        done(repository(extensions).load(request.getModelName()));
        return RepositoryModelLoadResponse.getDefaultInstance();
    }

    /** Its one parameter, unload_dependents, changes nothing: no model depends on another. */
    static RepositoryModelUnloadResponse unload(Extensions extensions, RepositoryModelUnloadRequest request) {
        done(repository(extensions).unload(request.getModelName()));
        return RepositoryModelUnloadResponse.getDefaultInstance();
    }

    private static void done(Optional<Refusal> refusal) {
        if (refusal.isPresent()) {
            throw GrpcErrors.refusal(refusal.get());
        }
    }

    private static ModelRepository repository(Extensions extensions) {
        return extensions.repository().orElseThrow(NotEnabledException::repository);
    }
}
