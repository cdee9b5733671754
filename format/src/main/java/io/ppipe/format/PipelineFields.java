package io.ppipe.format;

import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Stage;

/** Models with their pipelines, as plans write them. */
final class PipelineFields {
    static final Shape MODEL = Shape.of(
            "a model plan",
            "model",
            "slo_us",
            "weight",
            "margin",
            "batch_building_factor",
            "rate_estimate_rps",
            "throughput_rps",
            "note",
            "pipelines");
    static final Shape PIPELINE = Shape.of("a pipeline", "batch_size", "throughput_rps", "stages");
    static final Shape STAGE =
            Shape.of("a stage", "first_block", "end_block", "gpu_class", "shares_per_gpu", "vgpu_count", "latency_us");

    private PipelineFields() {}

    static ModelPlan model(Fields fields) {
        return fields.build(() -> new ModelPlan(
                ModelName.read(fields, "model"),
                fields.wholeLong("slo_us", 1),
                fields.number("weight"),
                new ModelRules(
                        fields.number("margin"),
                        fields.number("batch_building_factor"),
                        fields.number("rate_estimate_rps")),
                fields.number("throughput_rps"),
                fields.objects("pipelines", PIPELINE, PipelineFields::pipeline),
                fields.optionalText("note").orElse("")));
    }

    private static Pipeline pipeline(Fields fields) {
        return fields.build(() -> new Pipeline(
                fields.whole("batch_size"),
                fields.number("throughput_rps"),
                fields.objects("stages", STAGE, PipelineFields::stage)));
    }

    private static Stage stage(Fields fields) {
        return fields.build(() -> new Stage(
                fields.whole("first_block"),
                fields.whole("end_block"),
                fields.text("gpu_class"),
                fields.whole("shares_per_gpu"),
                fields.whole("vgpu_count"),
                fields.wholeLong("latency_us")));
    }

    static NodeBuilder node(ModelPlan model) {
        return new NodeBuilder()
                .text("model", model.model())
                .whole("slo_us", model.sloMicros())
                .number("weight", model.weight())
                .number("margin", model.rules().margin())
                .number("batch_building_factor", model.rules().batchBuildingFactor())
                .number("rate_estimate_rps", model.rules().rateEstimatePerSecond())
                .number("throughput_rps", model.throughputPerSecond())
                .text("note", model.note())
                .objects("pipelines", model.pipelines(), PipelineFields::node);
    }

    private static NodeBuilder node(Pipeline pipeline) {
        return new NodeBuilder()
                .whole("batch_size", pipeline.batchSize())
                .number("throughput_rps", pipeline.throughputPerSecond())
                .objects("stages", pipeline.stages(), PipelineFields::node);
    }

    private static NodeBuilder node(Stage stage) {
        return new NodeBuilder()
                .whole("first_block", stage.firstBlock())
                .whole("end_block", stage.endBlock())
                .text("gpu_class", stage.gpuClass())
                .whole("shares_per_gpu", stage.sharesPerGpu())
                .whole("vgpu_count", stage.vgpuCount())
                .whole("latency_us", stage.latencyMicros());
    }
}
