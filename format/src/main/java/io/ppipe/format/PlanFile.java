package io.ppipe.format;

import io.ppipe.model.Certificate;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code plan.json}: pipelines, pools and placement. See {@code docs/formats.md}. */
public final class PlanFile {
    static final String FORMAT = "plan";
    static final int VERSION = 1;
    static final List<String> KEYS = List.of(
            "format",
            "version",
            "algorithm",
            "cluster",
            "time_scale",
            "profile_sha256",
            "rules",
            "rate_estimates_rps",
            "certificate",
            "models",
            "vgpus");
    static final List<String> RULES_KEYS = List.of("margin", "batch_building_factor", "max_stages");
    static final List<String> CERTIFICATE_KEYS =
            List.of("objective_rps", "upper_bound_rps", "gap", "binding", "solver", "ended_by_time_limit");
    static final List<String> MODEL_KEYS = List.of("model", "slo_us", "weight", "throughput_rps", "note", "pipelines");
    static final List<String> PIPELINE_KEYS = List.of("batch_size", "throughput_rps", "stages");
    static final List<String> STAGE_KEYS =
            List.of("first_block", "end_block", "gpu_class", "shares_per_gpu", "vgpus", "latency_us");
    static final List<String> VGPU_KEYS =
            List.of("gpu_class", "gpu", "slot", "shares_per_gpu", "model", "pipeline", "stage");

    private PlanFile() {}

    /** @throws io.ppipe.model.BadInputException with file, line and value when it is not right */
    public static Plan read(Path file) {
        Section root = Section.ofFile(file, FORMAT, VERSION, KEYS);
        Section rules = root.section("rules", "the rules", RULES_KEYS);
        Section certificate = root.section("certificate", "the certificate", CERTIFICATE_KEYS);
        return root.make(() -> new Plan(
                root.text("algorithm"),
                root.text("cluster"),
                root.number("time_scale"),
                root.text("profile_sha256"),
                rules.make(() -> new PlanRules(
                        rules.number("margin"), rules.number("batch_building_factor"), rules.count("max_stages"))),
                root.numbers("rate_estimates_rps"),
                root.sections("models", "a model's plan", MODEL_KEYS, PlanFile::model),
                root.sections("vgpus", "a vGPU", VGPU_KEYS, PlanFile::vgpu),
                new Certificate(
                        certificate.number("objective_rps"),
                        certificate.number("upper_bound_rps"),
                        certificate.texts("binding"),
                        certificate.text("solver"),
                        certificate.flag("ended_by_time_limit"))));
    }

    private static ModelPlan model(Section section) {
        return section.make(() -> new ModelPlan(
                section.text("model"),
                section.integer("slo_us"),
                section.number("weight"),
                section.number("throughput_rps"),
                section.sections("pipelines", "a pipeline", PIPELINE_KEYS, PlanFile::pipeline),
                section.or("note", "", section::text)));
    }

    private static Pipeline pipeline(Section section) {
        return section.make(() -> new Pipeline(
                section.count("batch_size"),
                section.number("throughput_rps"),
                section.sections("stages", "a stage", STAGE_KEYS, PlanFile::stage)));
    }

    private static Stage stage(Section section) {
        return section.make(() -> new Stage(
                section.count("first_block"),
                section.count("end_block"),
                section.text("gpu_class"),
                section.count("shares_per_gpu"),
                section.count("vgpus"),
                section.integer("latency_us")));
    }

    private static Vgpu vgpu(Section section) {
        return new Vgpu(
                section.text("gpu_class"),
                section.count("gpu"),
                section.count("slot"),
                section.count("shares_per_gpu"),
                section.count("model"),
                section.count("pipeline"),
                section.count("stage"));
    }

    /** Writes it as JSON, whole or not at all. The same plan gives the same bytes. */
    public static void write(Path file, Plan plan) {
        Map<String, Object> root = Writer.file(FORMAT, VERSION);
        root.put("algorithm", plan.algorithm());
        root.put("cluster", plan.clusterName());
        root.put("time_scale", plan.timeScale());
        root.put("profile_sha256", plan.profileFingerprint());
        var rules = new LinkedHashMap<String, Object>();
        rules.put("margin", plan.rules().margin());
        rules.put("batch_building_factor", plan.rules().batchBuildingFactor());
        rules.put("max_stages", plan.rules().maxStages());
        root.put("rules", rules);
        root.put("rate_estimates_rps", plan.rateEstimates());
        var certificate = new LinkedHashMap<String, Object>();
        certificate.put("objective_rps", plan.certificate().objective());
        certificate.put("upper_bound_rps", plan.certificate().upperBound());
        certificate.put("gap", plan.certificate().gap());
        certificate.put("binding", plan.certificate().binding());
        certificate.put("solver", plan.certificate().solver());
        certificate.put("ended_by_time_limit", plan.certificate().endedByTimeLimit());
        root.put("certificate", certificate);
        root.put("models", plan.models().stream().map(PlanFile::tree).toList());
        root.put("vgpus", plan.vgpus().stream().map(PlanFile::tree).toList());
        AtomicFile.write(file, Writer.json(root));
    }

    private static Map<String, Object> tree(ModelPlan model) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("model", model.model());
        tree.put("slo_us", model.sloMicros());
        tree.put("weight", model.weight());
        tree.put("throughput_rps", model.throughputPerSecond());
        tree.put("note", model.note());
        tree.put("pipelines", model.pipelines().stream().map(PlanFile::tree).toList());
        return tree;
    }

    private static Map<String, Object> tree(Pipeline pipeline) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("batch_size", pipeline.batchSize());
        tree.put("throughput_rps", pipeline.throughputPerSecond());
        tree.put("stages", pipeline.stages().stream().map(PlanFile::tree).toList());
        return tree;
    }

    private static Map<String, Object> tree(Stage stage) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("first_block", stage.firstBlock());
        tree.put("end_block", stage.endBlock());
        tree.put("gpu_class", stage.gpuClass());
        tree.put("shares_per_gpu", stage.sharesPerGpu());
        tree.put("vgpus", stage.vgpuCount());
        tree.put("latency_us", stage.latencyMicros());
        return tree;
    }

    private static Map<String, Object> tree(Vgpu vgpu) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("gpu_class", vgpu.gpuClass());
        tree.put("gpu", vgpu.gpu());
        tree.put("slot", vgpu.slot());
        tree.put("shares_per_gpu", vgpu.sharesPerGpu());
        tree.put("model", vgpu.model());
        tree.put("pipeline", vgpu.pipeline());
        tree.put("stage", vgpu.stage());
        return tree;
    }
}
