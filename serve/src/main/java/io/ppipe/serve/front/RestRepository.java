package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.ppipe.model.BadInputException;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import io.ppipe.serve.ModelRepository;
import io.ppipe.serve.ModelRepository.Entry;
import io.ppipe.serve.ModelRepository.State;
import java.util.Optional;

/** Model repository over REST: index, load, unload. */
final class RestRepository {
    private final Extensions extensions;
    private final SmallBody small;

    RestRepository(Extensions extensions, SmallBody small) {
        this.extensions = extensions;
        this.small = small;
    }

    void addTo(ServerBuilder server) {
        server.route().post("/v2/repository/index").build((ctx, request) -> small.answer(ctx, request, this::index));
        server.route()
                .post("/v2/repository/models/{model}/load")
                .build((ctx, request) -> change(ctx, request, (repository, model, body) -> {
                    if (body.has("parameters")) {
                        throw new BadInputException(
                                "This server takes no parameters here; write a config.pbtxt into the model's folder.");
                    }
                    return repository.load(model);
                }));
        server.route()
                .post("/v2/repository/models/{model}/unload")
                .build((ctx, request) -> change(ctx, request, (repository, model, body) -> repository.unload(model)));
    }

    private HttpResponse index(JsonFields body) {
        ModelRepository repository = repository();
        boolean readyOnly = body.bool("ready").orElse(false);
        return Json.array(json -> {
            for (Entry entry : repository.index()) {
                if (readyOnly && entry.state() != State.READY) {
                    continue;
                }
                json.writeStartObject();
                json.writeStringProperty("name", entry.model());
                json.writeStringProperty("version", entry.version());
                json.writeStringProperty("state", entry.state().name());
                json.writeStringProperty("reason", entry.reason());
                json.writeEndObject();
            }
        });
    }

    /** What a route does with a model. */
    @FunctionalInterface
    private interface Change {
        Optional<Refusal> of(ModelRepository repository, String model, JsonFields body);
    }

    private HttpResponse change(ServiceRequestContext ctx, HttpRequest request, Change change) {
        String model = RestService.param(ctx, "model");
        return small.answer(ctx, request, body -> {
            ctx.clearRequestTimeout(); // loading a large model takes its time
            return change.of(repository(), model, body)
                    .map(RestErrors::refusal)
                    .orElseGet(() -> Json.answer(json -> {}));
        });
    }

    private ModelRepository repository() {
        return extensions.repository().orElseThrow(NotEnabledException::repository);
    }
}
