package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.ppipe.model.TensorSpec;
import io.ppipe.serve.InferenceService.ServedModel;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** The REST half of the protocol: its routes, and the answers about health and metadata. */
final class RestService {
    /** Where a model is found, with and without a version. */
    static final List<String> MODEL_PATHS = List.of("/v2/models/{model}", "/v2/models/{model}/versions/{version}");

    private final Intake intake;
    private final FrontEndSettings settings;
    private final RestErrors errors;

    RestService(Intake intake, FrontEndSettings settings, RestErrors errors) {
        this.intake = intake;
        this.settings = settings;
        this.errors = errors;
    }

    void addTo(ServerBuilder server) {
        server.route().get("/v2").build((ctx, request) -> Json.answer(this::serverMetadata));
        server.route().get("/v2/health/live").build((ctx, request) -> live());
        server.route().get("/v2/health/ready").build((ctx, request) -> ready(json -> {}));
        var inference = new RestInference(intake, errors, settings.maxRequestBytes());
        for (String model : MODEL_PATHS) {
            server.route().get(model).build(ofModel(served -> Json.answer(json -> modelMetadata(json, served))));
            server.route()
                    .get(model + "/ready")
                    .build(ofModel(served -> ready(json -> json.writeStringProperty("name", served.name()))));
            server.route().post(model + "/infer").build(inference);
        }
        new RestModels(intake).addTo(server);
        var small = new SmallBody(errors);
        new RestRepository(intake.extensions(), small).addTo(server);
        new RestSharedMemory(intake.extensions(), small).addTo(server);
    }

    private HttpService ofModel(Function<ServedModel, HttpResponse> answer) {
        return (ctx, request) -> {
            String name = param(ctx, "model");
            String version = param(ctx, "version");
            return intake.model(name, version)
                    .map(answer)
                    .orElseGet(() -> RestErrors.refusal(intake.unknown(name, version)));
        };
    }

    /** Returns a part of the path, "" where the route doesn't have it. */
    static String param(ServiceRequestContext ctx, String name) {
        String value = ctx.pathParam(name);
        return value == null ? "" : value;
    }

    private HttpResponse live() {
        boolean live = intake.service().live();
        return Json.answer(
                live ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, json -> json.writeBooleanProperty("live", live));
    }

    private HttpResponse ready(Consumer<JsonGenerator> first) {
        Optional<String> reason = intake.notReadyBecause();
        return Json.answer(reason.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, json -> {
            first.accept(json);
            json.writeBooleanProperty("ready", reason.isEmpty());
            reason.ifPresent(why -> json.writeStringProperty("reason", why));
        });
    }

    private void serverMetadata(JsonGenerator json) {
        json.writeStringProperty("name", Intake.SERVER_NAME);
        json.writeStringProperty("version", settings.version());
        json.writeArrayPropertyStart("extensions");
        intake.extensions().names().forEach(json::writeString);
        json.writeEndArray();
        Json.strings(json, "parameters", intake.service().facts());
    }

    private static void modelMetadata(JsonGenerator json, ServedModel model) {
        json.writeStringProperty("name", model.name());
        json.writeArrayPropertyStart("versions");
        json.writeString(model.version());
        json.writeEndArray();
        json.writeStringProperty("platform", model.platform());
        tensors(json, "inputs", model.inputs());
        tensors(json, "outputs", model.outputs());
        Json.strings(json, "parameters", model.facts());
    }

    private static void tensors(JsonGenerator json, String field, List<TensorSpec> specs) {
        json.writeArrayPropertyStart(field);
        for (TensorSpec spec : specs) {
            json.writeStartObject();
            json.writeStringProperty("name", spec.name());
            json.writeStringProperty("datatype", spec.type().name());
            Json.shape(json, spec.shape());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
