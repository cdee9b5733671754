package io.ppipe.format;

import io.ppipe.model.Certificate;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Vgpu;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads and writes {@code plan.json}: pipelines, pools and where every vGPU is. Equal plans give the same bytes. See
 * {@code docs/formats.md} and {@code schemas/plan.v1.schema.json}. Whether a plan fits a cluster, a workload and a
 * profile is for {@link io.ppipe.model.PlanCheck} to say.
 */
public final class PlanFile {
    private static final String TUNING = "tuning";

    static final Shape FILE = Header.PLAN.shape(
            "algorithm",
            "cluster",
            "time_scale",
            "profile_fingerprint",
            "rules",
            "certificate",
            "marginal_values",
            "models",
            "vgpus",
            TUNING);
    static final Shape RULES = Shape.of("the rules of a plan", "max_stages", "goal", "n_plus_one");
    static final Shape CERTIFICATE =
            Shape.of("the certificate of a plan", "objective", "bound", "gap", "binding", "solver", "ended_by");
    static final Shape MARGINAL_VALUES = Shape.of("the marginal values of a plan", "per_gpu", "per_slo_ms");
    static final Shape VGPU =
            Shape.of("a vGPU", "gpu_class", "gpu", "slot", "shares_per_gpu", "model", "pipeline", "stage");

    /** Far more than the vGPUs of any GPU that can be split. */
    static final int MAX_SLOTS = 1024;

    /** How far a gap in a file may be from the one that objective and bound give. */
    private static final double GAP_TOLERANCE = 1e-9;

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
                models,
                fields.objects("vgpus", VGPU, vgpu -> vgpu(vgpu, models)),
                certificate(fields.object("certificate", CERTIFICATE)),
                marginalValues(fields.object("marginal_values", MARGINAL_VALUES)),
                fields.has(TUNING)
                        ? Optional.of(TuningFields.tuning(fields.object(TUNING, TuningFields.TUNING)))
                        : Optional.empty()));
    }

    private static PlanRules rules(Fields fields) {
        return fields.build(() -> new PlanRules(
                fields.whole("max_stages"), fields.choice("goal", Words.GOALS), fields.truth("n_plus_one")));
    }

    private static Certificate certificate(Fields fields) {
        Certificate certificate = fields.build(() -> new Certificate(
                fields.number("objective"),
                fields.number("bound"),
                fields.texts("binding"),
                fields.text("solver"),
                fields.choice("ended_by", Words.ENDS)));
        double gap = fields.number("gap");
        if (!(Math.abs(gap - certificate.gap()) <= GAP_TOLERANCE)) {
            throw fields.problem(
                    "gap",
                    "key 'gap' (%s) must be |bound − objective| ÷ bound = %s; maybe the file was edited: run `ppipe plan` again"
                            .formatted(gap, certificate.gap()));
        }
        return certificate;
    }

    private static MarginalValues marginalValues(Fields fields) {
        return new MarginalValues(fields.numbers("per_gpu"), fields.numbers("per_slo_ms"));
    }

    private static Vgpu vgpu(Fields fields, List<ModelPlan> models) {
        int model = fields.index("model", models.size());
        List<Pipeline> pipelines = models.get(model).pipelines();
        int pipeline = fields.index("pipeline", pipelines.size());
        int stage = fields.index("stage", pipelines.get(pipeline).stages().size());
        return new Vgpu(
                fields.text("gpu_class"),
                fields.index("gpu", Integer.MAX_VALUE),
                fields.whole("slot", 0, MAX_SLOTS - 1),
                fields.whole("shares_per_gpu", 1, Integer.MAX_VALUE),
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
        NodeBuilder root = Header.PLAN
                .begin()
                .text("algorithm", plan.algorithm())
                .text("cluster", plan.clusterName())
                .number("time_scale", plan.timeScale())
                .text("profile_fingerprint", plan.profileFingerprint())
                .object("rules", node(plan.rules()))
                .object("certificate", node(plan.certificate()))
                .object("marginal_values", node(plan.marginalValues()))
                .objects("models", plan.models(), PipelineFields::node)
                .objects("vgpus", plan.vgpus(), PlanFile::node);
        plan.tuning().ifPresent(tuning -> root.object(TUNING, TuningFields.node(tuning)));
        OutputText.json(root.build(), file);
    }

    private static NodeBuilder node(PlanRules rules) {
        return new NodeBuilder()
                .whole("max_stages", rules.maxStages())
                .text("goal", Words.of(Words.GOALS, rules.goal()))
                .truth("n_plus_one", rules.surviveServerLoss());
    }

    private static NodeBuilder node(Certificate certificate) {
        return new NodeBuilder()
                .number("objective", certificate.objective())
                .number("bound", certificate.bound())
                .number("gap", certificate.gap())
                .texts("binding", certificate.binding())
                .text("solver", certificate.solver())
                .text("ended_by", Words.of(Words.ENDS, certificate.ended()));
    }

    private static NodeBuilder node(MarginalValues values) {
        return new NodeBuilder().numbers("per_gpu", values.perGpu()).numbers("per_slo_ms", values.perSloMillisecond());
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
