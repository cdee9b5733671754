package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.ppipe.protocol.v2.DataType;
import io.ppipe.protocol.v2.ModelConfig;
import io.ppipe.serve.InferenceStatistics;
import io.ppipe.serve.InferenceStatistics.OfBatchSize;
import io.ppipe.serve.InferenceStatistics.Total;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** What REST tells of models beside their metadata: statistics and configuration. */
final class RestModels {
    private final Intake intake;

    RestModels(Intake intake) {
        this.intake = intake;
    }

    void addTo(ServerBuilder server) {
        server.route().get("/v2/models/stats").build((ctx, request) -> statistics("", ""));
        for (String model : RestService.MODEL_PATHS) {
            server.route()
                    .get(model + "/stats")
                    .build((ctx, request) ->
                            statistics(RestService.param(ctx, "model"), RestService.param(ctx, "version")));
            server.route().get(model + "/config").build((ctx, request) -> config(ctx));
        }
    }

    private HttpResponse config(ServiceRequestContext ctx) {
        String name = RestService.param(ctx, "model");
        String version = RestService.param(ctx, "version");
        return intake.model(name, version)
                .map(model -> Json.answer(json -> config(json, ModelConfigs.of(model))))
                .orElseGet(() -> RestErrors.refusal(intake.unknown(name, version)));
    }

    private HttpResponse statistics(String name, String version) {
        List<InferenceStatistics> found = intake.statistics(name, version);
        return found.isEmpty() && !name.isEmpty()
                ? RestErrors.refusal(intake.unknown(name, version))
                : Json.answer(json -> {
                    json.writeArrayPropertyStart("model_stats");
                    found.forEach(statistics -> statistics(json, statistics));
                    json.writeEndArray();
                });
    }

    private static void statistics(JsonGenerator json, InferenceStatistics statistics) {
        json.writeStartObject();
        json.writeStringProperty("name", statistics.model());
        json.writeStringProperty("version", statistics.version());
        json.writeNumberProperty("last_inference", statistics.lastInferenceMillis());
        json.writeNumberProperty("inference_count", statistics.inferenceCount());
        json.writeNumberProperty("execution_count", statistics.executionCount());
        json.writeObjectPropertyStart("inference_stats");
        total(json, "success", statistics.success());
        total(json, "fail", statistics.fail());
        total(json, "queue", statistics.queue());
        total(json, "compute_input", statistics.computeInput());
        total(json, "compute_infer", statistics.computeInfer());
        total(json, "compute_output", statistics.computeOutput());
        total(json, "cache_hit", Total.NONE);
        total(json, "cache_miss", Total.NONE);
        json.writeEndObject();
        json.writeArrayPropertyStart("batch_stats");
        for (OfBatchSize batches : statistics.batches()) {
            json.writeStartObject();
            json.writeNumberProperty("batch_size", batches.size());
            total(json, "compute_input", batches.computeInput());
            total(json, "compute_infer", batches.computeInfer());
            total(json, "compute_output", batches.computeOutput());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void total(JsonGenerator json, String field, Total total) {
        json.writeObjectPropertyStart(field);
        json.writeNumberProperty("count", total.count());
        json.writeNumberProperty("ns", total.nanos());
        json.writeEndObject();
    }

    private static void config(JsonGenerator json, ModelConfig config) {
        json.writeStringProperty("name", config.getName());
        json.writeStringProperty("platform", config.getPlatform());
        json.writeStringProperty("backend", config.getBackend());
        json.writeObjectPropertyStart("version_policy");
        json.writeObjectPropertyStart("specific");
        numbers(json, "versions", config.getVersionPolicy().getSpecific().getVersionsList());
        json.writeEndObject();
        json.writeEndObject();
        json.writeNumberProperty("max_batch_size", config.getMaxBatchSize());
        json.writeArrayPropertyStart("input");
        config.getInputList().forEach(in -> tensor(json, in.getName(), in.getDataType(), in.getDimsList()));
        json.writeEndArray();
        json.writeArrayPropertyStart("output");
        config.getOutputList().forEach(out -> tensor(json, out.getName(), out.getDataType(), out.getDimsList()));
        json.writeEndArray();
        json.writeStringProperty("default_model_filename", config.getDefaultModelFilename());
        json.writeObjectPropertyStart("parameters");
        config.getParametersMap().forEach((name, parameter) -> {
            json.writeObjectPropertyStart(name);
            json.writeStringProperty("string_value", parameter.getStringValue());
            json.writeEndObject();
        });
        json.writeEndObject();
        json.writeObjectPropertyStart("model_transaction_policy");
        json.writeBooleanProperty(
                "decoupled", config.getModelTransactionPolicy().getDecoupled());
        json.writeEndObject();
    }

    private static void tensor(JsonGenerator json, String name, DataType type, List<Long> dims) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        json.writeStringProperty("data_type", type.name());
        numbers(json, "dims", dims);
        json.writeEndObject();
    }

    private static void numbers(JsonGenerator json, String field, List<Long> numbers) {
        json.writeArrayPropertyStart(field);
        numbers.forEach(json::writeNumber);
        json.writeEndArray();
    }
}
