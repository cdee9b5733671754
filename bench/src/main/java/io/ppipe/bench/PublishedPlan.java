package io.ppipe.bench;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Certificate;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads somebody else's plan of an instance, {@code plans/INSTANCE-ALGORITHM.json} of a reference folder. Nobody says where
 * its vGPUs are placed: GPUs are filled in the plan's order, those of one model, stage and class together, the larger shares
 * first.
 */
final class PublishedPlan {
    private static final double ROUNDING = 1e-3;

    private final Path file;
    private final PlanTask task;
    private final List<Vgpu> vgpus = new ArrayList<>();
    private final Map<String, Integer> usedGpus = new TreeMap<>();

    private PublishedPlan(Path file, PlanTask task) {
        this.file = file;
        this.task = task;
    }

    /** Returns the plan; nothing where the folder has none. */
    static Optional<Plan> read(Path folder, PlanTask task, String algorithm) {
        Path file = folder.resolve("plans").resolve("%s-%s.json".formatted(task.name(), algorithm));
        return Files.isRegularFile(file) ? Optional.of(new PublishedPlan(file, task).checked()) : Optional.empty();
    }

    private Plan checked() {
        try {
            return plan();
        } catch (
                IllegalArgumentException
                        e) { // the plan's parts refuse what can't be; only here is known where it stands
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private Plan plan() {
        JsonNode root;
        try {
            root = new JsonMapper().readTree(file.toFile());
        } catch (JacksonException e) {
            throw wrong(e.getOriginalMessage());
        }
        var models = new ArrayList<ModelPlan>();
        double objective = Double.MAX_VALUE;
        for (int i = 0; i < task.scenario().models().size(); i++) {
            ScenarioModel model = task.scenario().models().get(i);
            ModelPlan planned = model(i, model, entry(root, model.name()));
            models.add(planned);
            objective = Math.min(objective, planned.throughputPerSecond() / model.weight());
        }
        return new Plan(
                "published",
                task.scenario().cluster().name(),
                task.scenario().cluster().timeScale(),
                task.scenario().profileFingerprint(),
                new PlanRules(task.maxStages(), Goal.THROUGHPUT, false),
                models,
                vgpus,
                new Certificate(objective, objective, List.of(), "published", Certificate.Ended.TIME_LIMIT),
                MarginalValues.UNKNOWN);
    }

    private JsonNode entry(JsonNode root, String model) {
        for (JsonNode entry : root) {
            if (entry.path("model").asString("").equals(model)) {
                return entry;
            }
        }
        throw wrong("it has no model '%s', which the instance has.".formatted(model));
    }

    private ModelPlan model(int index, ScenarioModel model, JsonNode entry) {
        var pipelines = new ArrayList<Pipeline>();
        for (JsonNode pipeline : entry.path("pipelines")) {
            var stages = new ArrayList<Stage>();
            int end = 0;
            for (JsonNode stage : pipeline.path("stages")) {
                stages.add(stage(model, pipeline.path("batch").asInt(0), end, stage));
                end = stages.getLast().endBlock();
            }
            if (end != model.profile().blockCount()) {
                throw wrong("model '%s': a pipeline ends before block %d of %d."
                        .formatted(model.name(), end, model.profile().blockCount()));
            }
            pipelines.add(new Pipeline(
                    pipeline.path("batch").asInt(0),
                    pipeline.path("throughput_rps").asDouble(0),
                    stages));
        }
        if (pipelines.isEmpty() || !(entry.path("throughput_rps").asDouble(0) > 0)) {
            throw wrong("model '%s': it must have pipelines, and a throughput_rps above 0.".formatted(model.name()));
        }
        place(index, pipelines);
        PlanTask.Terms terms = task.terms().get(index);
        return new ModelPlan(
                model.name(),
                model.slo().latencyMicros(),
                model.weight(),
                new ModelRules(
                        terms.margin(),
                        terms.batchBuildingFactor(),
                        terms.ratePerSecond().orElse(0)),
                entry.path("throughput_rps").asDouble(0),
                pipelines,
                "");
    }

    /** @param from the block that is not run yet */
    private Stage stage(ScenarioModel model, int batch, int from, JsonNode stage) {
        String gpuClass = stage.path("class").asString("");
        int shares = stage.path("shares_per_gpu").asInt(0);
        int first = stage.path("blocks").path(0).asInt(-1);
        int end = stage.path("blocks").path(1).asInt(-1);
        LatencyTable table = model.profile()
                .latencies(gpuClass, shares)
                .orElseThrow(() -> wrong("model '%s' has no latencies for class '%s' with %d share(s) per GPU."
                        .formatted(model.name(), gpuClass, shares)));
        if (first != from || end <= first || end > model.profile().blockCount()) {
            throw wrong("model '%s': blocks [%d, %d) must begin with block %d and be among its %d."
                    .formatted(model.name(), first, end, from, model.profile().blockCount()));
        }
        double vgpus = stage.path("gpus").asDouble(0) * shares;
        if (!(batch >= 1 && vgpus >= 1 - ROUNDING) || Math.abs(vgpus - Math.rint(vgpus)) > ROUNDING) {
            throw wrong("model '%s': batch %d on %s vGPUs; both must be whole and at least 1."
                    .formatted(model.name(), batch, vgpus));
        }
        return new Stage(first, end, gpuClass, shares, (int) Math.rint(vgpus), table.latencyMicros(first, end, batch));
    }

    /** One pool of a model's stage. */
    private record Pool(int pipeline, int stage, Stage what) {}

    private void place(int model, List<Pipeline> pipelines) {
        var pools = new TreeMap<String, List<Pool>>(); // by stage index and class
        for (int p = 0; p < pipelines.size(); p++) {
            for (int s = 0; s < pipelines.get(p).stages().size(); s++) {
                Stage stage = pipelines.get(p).stages().get(s);
                pools.computeIfAbsent(s + stage.gpuClass(), _ -> new ArrayList<>())
                        .add(new Pool(p, s, stage));
            }
        }
        for (List<Pool> together : pools.values()) {
            together.sort(Comparator.comparingInt(pool -> pool.what().sharesPerGpu()));
            String gpuClass = together.getFirst().what().gpuClass();
            int gpu = usedGpus.getOrDefault(gpuClass, 0) - 1;
            double free = 0;
            int slot = 0;
            for (Pool pool : together) {
                double share = 1.0 / pool.what().sharesPerGpu();
                for (int i = 0; i < pool.what().vgpuCount(); i++) {
                    if (free < share - 1e-9) {
                        gpu++;
                        free = 1;
                        slot = 0;
                    }
                    free -= share;
                    vgpus.add(new Vgpu(
                            gpuClass, gpu, slot++, pool.what().sharesPerGpu(), model, pool.pipeline(), pool.stage()));
                }
            }
            int count = task.scenario()
                    .cluster()
                    .gpuClass(gpuClass)
                    .map(GpuClass::count)
                    .orElse(0);
            if (gpu >= count) {
                throw wrong("it needs %d GPUs of class '%s'; the instance has %d.".formatted(gpu + 1, gpuClass, count));
            }
            usedGpus.put(gpuClass, gpu + 1);
        }
    }

    private BadInputException wrong(String what) {
        return new BadInputException("%s: %s".formatted(file, what));
    }
}
