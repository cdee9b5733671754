package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why one model can, or cannot, be served within its SLO. All times are wall-clock ones.
 *
 * @param rules margin, f and λ; λ is infinite where it could not be estimated, and batch building then counts as nothing
 * @param cause what rules every pipeline out, if anything does
 * @param fastest the pipeline with the least latency that fits into the memory; empty when none fits
 * @param fastestWithAnyMemory the same if memory did not count
 * @param wholeModel the whole model on one GPU, by class
 * @param memoryLimits GPUs, or parts of them, that are too small for the whole model
 * @param timeScale by which the workload's {@code slo_ms} was multiplied
 */
public record ModelExplanation(
        String model,
        double sloMicros,
        ModelRules rules,
        int maxStages,
        Cause cause,
        Optional<Fastest> fastest,
        Fastest fastestWithAnyMemory,
        List<WholeModel> wholeModel,
        List<MemoryLimit> memoryLimits,
        double timeScale) {
    private static final double MIB = 1 << 20;

    /** What rules every pipeline out. */
    public enum Cause {
        /** Nothing does: the model has a feasible pipeline. */
        NONE,
        /** No pipeline is as fast as the SLO, even without a margin. */
        SLO,
        /** A pipeline meets the SLO, but leaves less than the margin. */
        MARGIN,
        /** Pipelines that are fast enough do not fit into the memory of their GPUs. */
        MEMORY
    }

    /**
     * Consecutive blocks on a part of a GPU.
     *
     * @param endBlock the block after the last one
     * @param sharesPerGpu m: it is one m-th of a GPU
     */
    public record StageOn(int firstBlock, int endBlock, String gpuClass, int sharesPerGpu, long latencyMicros) {}

    /**
     * A pipeline and its latency.
     *
     * @param latencyMicros of stages, transfers and batch building
     */
    public record Fastest(double latencyMicros, int batchSize, List<StageOn> stages) {
        public Fastest {
            stages = List.copyOf(stages);
        }
    }

    /**
     * The whole model on one class.
     *
     * @param fastestMicros least latency; empty when its memory is too small
     * @param inTime whether that leaves the margin
     * @param requestsPerGpu most requests/s of one GPU within SLO and margin; 0 when not in time
     * @param batchSize with which it reaches them; 0 when not in time
     * @param sharesPerGpu in so many parts; 0 when not in time
     */
    public record WholeModel(
            String gpuClass,
            Optional<Double> fastestMicros,
            boolean inTime,
            double requestsPerGpu,
            int batchSize,
            int sharesPerGpu) {}

    /**
     * A part of a GPU that is too small for the whole model at batch size 1.
     *
     * @param mostBlocks the longest stage that fits
     */
    public record MemoryLimit(String gpuClass, int sharesPerGpu, long neededBytes, long hasBytes, int mostBlocks) {}

    public ModelExplanation {
        wholeModel = List.copyOf(wholeModel);
        memoryLimits = List.copyOf(memoryLimits);
    }

    static ModelExplanation of(Scenario scenario, PlanSettings settings, ModelRules rules, int k) {
        ScenarioModel model = scenario.models().get(k);
        int maxStages = settings.rules().maxStages();
        var search =
                new FastestPipeline(scenario.cluster().classes(), model.profile(), maxStages, settings.wholeGpusOnly());
        Optional<Fastest> fastest = search.find(rules, true);
        Fastest anyMemory = search.find(rules, false).orElseThrow();
        double slo = model.slo().latencyMicros();
        boolean feasible = !new TemplateSpace(scenario, k, rules, maxStages, settings.wholeGpusOnly()).isEmpty();
        return new ModelExplanation(
                model.name(),
                slo,
                rules,
                maxStages,
                feasible ? Cause.NONE : cause(slo, slo * (1 - rules.margin()), fastest, anyMemory),
                fastest,
                anyMemory,
                scenario.cluster().classes().stream()
                        .map(g -> wholeModel(g, model, rules, settings.wholeGpusOnly()))
                        .toList(),
                memoryLimits(scenario.cluster().classes(), model.profile(), settings.wholeGpusOnly()),
                scenario.cluster().timeScale());
    }

    private static Cause cause(double slo, double left, Optional<Fastest> fastest, Fastest anyMemory) {
        if (anyMemory.latencyMicros() > slo) {
            return Cause.SLO;
        }
        boolean inTime = fastest.isPresent() && fastest.get().latencyMicros() <= slo;
        return inTime && anyMemory.latencyMicros() > left ? Cause.MARGIN : Cause.MEMORY;
    }

    private static WholeModel wholeModel(
            GpuClass gpuClass, ScenarioModel model, ModelRules rules, boolean wholeGpusOnly) {
        ModelProfile profile = model.profile();
        double left = model.slo().latencyMicros() * (1 - rules.margin());
        double fastest = Double.POSITIVE_INFINITY;
        double mostRequests = 0;
        int bestBatch = 0;
        int bestShares = 0;
        for (int shares : gpuClass.shares()) {
            LatencyTable table = profile.latencies(gpuClass.name(), shares).orElseThrow();
            for (int n : table.batchSizes()) {
                boolean fits = profile.memoryBytes(0, profile.blockCount(), n) <= gpuClass.memoryBytes() / shares;
                if (fits && (shares == 1 || !wholeGpusOnly)) {
                    long stage = table.latencyMicros(0, profile.blockCount(), n);
                    double latency = stage + rules.batchBuildingMicros(n);
                    fastest = Math.min(fastest, latency);
                    double requests = shares * n * 1e6 / stage;
                    if (latency <= left && requests > mostRequests) {
                        mostRequests = requests;
                        bestBatch = n;
                        bestShares = shares;
                    }
                }
            }
        }
        return new WholeModel(
                gpuClass.name(),
                fastest < Double.POSITIVE_INFINITY ? Optional.of(fastest) : Optional.empty(),
                mostRequests > 0,
                mostRequests,
                bestBatch,
                bestShares);
    }

    private static List<MemoryLimit> memoryLimits(List<GpuClass> classes, ModelProfile profile, boolean wholeGpusOnly) {
        var limits = new ArrayList<MemoryLimit>();
        long needed = profile.memoryBytes(0, profile.blockCount(), 1);
        for (GpuClass gpuClass : classes) {
            for (int shares : gpuClass.shares()) {
                long has = gpuClass.memoryBytes() / shares;
                if (needed > has && (shares == 1 || !wholeGpusOnly)) {
                    limits.add(new MemoryLimit(gpuClass.name(), shares, needed, has, mostBlocks(profile, has)));
                }
            }
        }
        return limits;
    }

    private static int mostBlocks(ModelProfile profile, long bytes) {
        int most = 0;
        for (int first = 0; first < profile.blockCount(); first++) {
            while (first + most < profile.blockCount() && profile.memoryBytes(first, first + most + 1, 1) <= bytes) {
                most++;
            }
        }
        return most;
    }

    /** Returns what SLO and margin leave for a pipeline, in microseconds. */
    public double leftMicros() {
        return sloMicros * (1 - rules.margin());
    }

    /** Returns the largest margin under which the fastest pipeline is feasible, if there is one. */
    public Optional<Double> feasibleMargin() {
        return fastest.map(f -> 1 - f.latencyMicros() / sloMicros).filter(margin -> margin >= 0);
    }

    /** Returns the least {@code slo_ms} of the workload under which the fastest pipeline is feasible with this margin. */
    public Optional<Double> feasibleSloMillis() {
        return fastest.map(f -> Math.ceil(f.latencyMicros() / (1 - rules.margin()) / timeScale) / 1000);
    }

    /** Returns in one line why there is no feasible pipeline, and what would help; "" when there is one. */
    public String reason() {
        if (cause == Cause.NONE) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "Model %s has no feasible pipeline: its SLO is %.3f ms, of which %.3f ms are left after a margin of"
                        + " %.0f %%, and the fastest possible with at most %d stage(s) is %s. %s",
                model,
                sloMicros / 1000,
                leftMicros() / 1000,
                100 * rules.margin(),
                maxStages,
                fastest.map(f -> String.format(Locale.ROOT, "%.3f ms", f.latencyMicros() / 1000))
                        .orElse("too large for every GPU's memory"),
                advice());
    }

    private String advice() {
        return switch (cause) {
            case NONE -> "";
            case SLO -> "No margin helps: raise the SLO%s, or add a faster GPU class.".formatted(sloAdvice());
            case MARGIN ->
                "Maybe a margin of %s, or an SLO of at least %s ms."
                        .formatted(marginText(feasibleMargin().orElseThrow()), sloText());
            case MEMORY -> memoryAdvice();
        };
    }

    private String sloAdvice() {
        return feasibleSloMillis().isPresent() ? " to at least %s ms".formatted(sloText()) : "";
    }

    private String sloText() {
        return String.format(Locale.ROOT, "%.3f", feasibleSloMillis().orElseThrow());
    }

    /** Rounds down: a margin that is a little too large would not help. */
    private static String marginText(double margin) {
        return String.format(Locale.ROOT, "%.3f", Math.floor(margin * 1000 + 1e-6) / 1000);
    }

    private String memoryAdvice() {
        if (memoryLimits.isEmpty()) {
            return "Larger batches do not fit into the memory of GPUs that are fast enough.";
        }
        MemoryLimit largest = memoryLimits.stream()
                .reduce((a, b) -> b.hasBytes() > a.hasBytes() ? b : a)
                .orElseThrow();
        return String.format(
                Locale.ROOT,
                "Memory rules out what is fast enough (%.3f ms): the whole model needs %.0f MiB, %s has %.0f MiB,"
                        + " enough for %d block(s). Maybe more stages, or GPUs with more memory.",
                fastestWithAnyMemory.latencyMicros() / 1000,
                largest.neededBytes() / MIB,
                largest.sharesPerGpu() == 1
                        ? "a GPU of class " + largest.gpuClass()
                        : "1/%d of a GPU of class %s".formatted(largest.sharesPerGpu(), largest.gpuClass()),
                largest.hasBytes() / MIB,
                largest.mostBlocks());
    }
}
