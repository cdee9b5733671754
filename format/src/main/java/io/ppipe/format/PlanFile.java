package io.ppipe.format;

import io.ppipe.model.Certificate;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Vgpu;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads and writes {@code plan.json}: pipelines, pools and where every vGPU is. Equal plans give the same bytes. See
 * {@code docs/formats.md} and {@code schemas/plan.v1.schema.json}. Whether a plan fits a cluster, a workload and a
 * profile is for {@link io.ppipe.model.PlanCheck} to say.
 */
public final class PlanFile {
    static final Shape FILE = Header.PLAN.shape(
            "algorithm",
            "cluster",
            "time_scale",
            "profile_fingerprint",
            "rules",
            "certificate",
            "rate_estimates_rps",
            "models",
            "vgpus");
    static final Shape RULES = Shape.of("the rules of a plan", "margin", "batch_building_factor", "max_stages");
    static final Shape CERTIFICATE = Shape.of(
            "the certificate of a plan",
            "objective_rps",
            "upper_bound_rps",
            "binding",
            "solver",
            "ended_by_time_limit");
    static final Shape VGPU =
            Shape.of("a vGPU", "gpu_class", "gpu", "slot", "shares_per_gpu", "model", "pipeline", "stage");

    private PlanFile() {}

    /**
     * Reads a plan.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be read or says something that is wrong
     */
    public static Plan read(Path file) {
        Node root = NodeReader.json(file, NodeReader.MAX_GENERATED_BYTES);
        Fields fields = Header.PLAN.open(file.toString(), root, FILE);
        List<ModelPlan> models = fields.objects("models", PipelineFields.MODEL, PipelineFields::model);
        return fields.build(() -> new Plan(
                fields.text("algorithm"),
                fields.text("cluster"),
                fields.number("time_scale"),
                fields.text("profile_fingerprint"),
                rules(fields.object("rules", RULES)),
                fields.numbers("rate_estimates_rps"),
                models,
                fields.objects("vgpus", VGPU, vgpu -> vgpu(vgpu, models)),
                certificate(fields.object("certificate", CERTIFICATE))));
    }

    private static PlanRules rules(Fields fields) {
        return fields.build(() -> new PlanRules(
                fields.number("margin"), fields.number("batch_building_factor"), fields.whole("max_stages")));
    }

    private static Certificate certificate(Fields fields) {
        return fields.build(() -> new Certificate(
                fields.number("objective_rps"),
                fields.number("upper_bound_rps"),
                fields.texts("binding"),
                fields.text("solver"),
                fields.truth("ended_by_time_limit")));
    }

    private static Vgpu vgpu(Fields fields, List<ModelPlan> models) {
        int model = fields.index("model", models.size());
        List<Pipeline> pipelines = models.get(model).pipelines();
        int pipeline = fields.index("pipeline", pipelines.size());
        int stage = fields.index("stage", pipelines.get(pipeline).stages().size());
        int sharesPerGpu = fields.whole("shares_per_gpu");
        return new Vgpu(
                fields.text("gpu_class"),
                fields.index("gpu", Integer.MAX_VALUE),
                fields.index("slot", sharesPerGpu),
                sharesPerGpu,
                model,
                pipeline,
                stage);
    }

    /**
     * Writes a plan, whole or not at all; what was there before is replaced.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be written
     */
    public static void write(Plan plan, Path file) {
        OutputText.json(
                Header.PLAN
                        .begin()
                        .text("algorithm", plan.algorithm())
                        .text("cluster", plan.clusterName())
                        .number("time_scale", plan.timeScale())
                        .text("profile_fingerprint", plan.profileFingerprint())
                        .object("rules", node(plan.rules()))
                        .object("certificate", node(plan.certificate()))
                        .numbers("rate_estimates_rps", plan.rateEstimates())
                        .objects("models", plan.models(), PipelineFields::node)
                        .objects("vgpus", plan.vgpus(), PlanFile::node)
                        .build(),
                file);
    }

    private static NodeBuilder node(PlanRules rules) {
        return new NodeBuilder()
                .number("margin", rules.margin())
                .number("batch_building_factor", rules.batchBuildingFactor())
                .whole("max_stages", rules.maxStages());
    }

    private static NodeBuilder node(Certificate certificate) {
        return new NodeBuilder()
                .number("objective_rps", certificate.objective())
                .number("upper_bound_rps", certificate.upperBound())
                .texts("binding", certificate.binding())
                .text("solver", certificate.solver())
                .truth("ended_by_time_limit", certificate.endedByTimeLimit());
    }

    private static NodeBuilder node(Vgpu vgpu) {
        return new NodeBuilder()
                .text("gpu_class", vgpu.gpuClass())
                .whole("gpu", vgpu.gpu())
                .whole("slot", vgpu.slot())
                .whole("shares_per_gpu", vgpu.sharesPerGpu())
                .whole("model", vgpu.model())
                .whole("pipeline", vgpu.pipeline())
                .whole("stage", vgpu.stage());
    }
}
