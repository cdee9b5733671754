package io.ppipe.cli;

import io.ppipe.model.Certificate;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.PipelineTimes;
import io.ppipe.model.Plan;
import io.ppipe.model.Price;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** A plan as people read it: pipelines, pools, where the time goes, what is proven, and what a little more would bring. */
final class PlanText {
    /** Less head-room than this is rounding. */
    private static final double ROUNDING = 1e-6;

    private final PrintWriter out;
    private final Scenario scenario;
    private final Plan plan;
    private final ObjectiveText objective;

    private PlanText(PrintWriter out, Scenario scenario, Plan plan) {
        this.out = out;
        this.scenario = scenario;
        this.plan = plan;
        this.objective = ObjectiveText.of(scenario, plan.rules().goal());
    }

    static void print(PrintWriter out, Scenario scenario, Plan plan) {
        new PlanText(out, scenario, plan).print();
    }

    private void print() {
        out.printf(
                "Plan by %s for cluster %s: %s, at most %d stage(s)%s.%n",
                plan.algorithm(),
                plan.clusterName(),
                plan.rules().goal() == Goal.COST ? "least price" : "most throughput",
                plan.rules().maxStages(),
                plan.rules().surviveServerLoss() ? ", N+1" : "");
        out.println(LatencyBar.LEGEND);
        for (int i = 0; i < plan.models().size(); i++) {
            model(i);
        }
        out.println();
        scenario.cluster().classes().forEach(this::gpus);
        certificate();
        marginalValues();
        Labels.print(out, scenario);
    }

    private void model(int i) {
        ModelPlan model = plan.models().get(i);
        out.printf(
                "%n%s: %s requests/s within %s ms, margin %s%s%n",
                model.model(),
                Numbers.rate(model.throughputPerSecond()),
                Numbers.millis(model.sloMicros()),
                Numbers.percent(model.rules().margin()),
                model.note().isEmpty() ? "" : " (" + model.note() + ")");
        List<PipelineTimes> times = times(scenario, plan, i);
        headroom(model, times);
        out.print(pipelines(i, times));
        for (int p = 0; p < times.size(); p++) {
            var bar = new LatencyBar(times.get(p));
            out.printf("  %2d %s%n     %s%n", p, bar.bar(), bar.millis());
        }
    }

    static List<PipelineTimes> times(Scenario scenario, Plan plan, int model) {
        ModelPlan planned = plan.models().get(model);
        return planned.pipelines().stream()
                .map(p -> PipelineTimes.of(scenario.cluster(), scenario.models().get(model), planned.rules(), p))
                .toList();
    }

    static double delivered(ModelPlan model, List<PipelineTimes> times) {
        double sum = 0;
        for (int p = 0; p < times.size(); p++) {
            sum += times.get(p).deliveredPerSecond(model.pipelines().get(p));
        }
        return sum;
    }

    private void headroom(ModelPlan model, List<PipelineTimes> times) {
        double promised = model.throughputPerSecond();
        double delivered = delivered(model, times);
        if (plan.rules().surviveServerLoss()) {
            out.printf(
                    "  Promised whichever server is lost: %s/s. Delivered while none is: %s/s.%n",
                    Numbers.rate(promised), Numbers.rate(delivered));
        } else if (delivered > promised * (1 + ROUNDING)) {
            out.printf(
                    "  Head-room: the pools deliver up to %s/s, %s more.%n",
                    Numbers.rate(delivered), Numbers.percent(delivered / promised - 1));
        }
    }

    private TextTable pipelines(int model, List<PipelineTimes> times) {
        int blocks = scenario.models().get(model).profile().blockCount();
        var table = new TextTable("pipeline", ">requests/s", ">batch", "blocks", "pool", ">ms", ">load");
        List<Pipeline> pipelines = plan.models().get(model).pipelines();
        for (int p = 0; p < pipelines.size(); p++) {
            Pipeline pipeline = pipelines.get(p);
            for (int s = 0; s < pipeline.stages().size(); s++) {
                Stage stage = pipeline.stages().get(s);
                table.row(
                        s == 0 ? Integer.toString(p) : "",
                        s == 0 ? Numbers.rate(pipeline.throughputPerSecond()) : "",
                        s == 0 ? Integer.toString(pipeline.batchSize()) : "",
                        stage.endBlock() - stage.firstBlock() == blocks
                                ? "all"
                                : "%d..%d".formatted(stage.firstBlock(), stage.endBlock() - 1),
                        pool(stage),
                        Numbers.millis(stage.latencyMicros()),
                        Numbers.percent(load(pipeline, times.get(p), s)));
            }
        }
        return table;
    }

    /** Returns planned throughput ÷ what the pool can do. */
    static double load(Pipeline pipeline, PipelineTimes times, int stage) {
        double most =
                pipeline.stages().get(stage).vgpuCount() * times.vgpuRates().get(stage);
        return pipeline.throughputPerSecond() / most;
    }

    private String pool(Stage stage) {
        return "%d × %s%s"
                .formatted(
                        stage.vgpuCount(),
                        stage.sharesPerGpu() == 1 ? "" : "1/" + stage.sharesPerGpu() + " ",
                        Labels.gpuClass(
                                scenario.cluster().gpuClass(stage.gpuClass()).orElseThrow()));
    }

    private void gpus(GpuClass gpuClass) {
        int used = gpusUsed(plan, gpuClass.name());
        Price price = gpuClass.price();
        out.printf(
                "GPUs of %s: %d of %d used%s.%n",
                Labels.gpuClass(gpuClass),
                used,
                gpuClass.count(),
                price.perHour() == 0
                        ? ""
                        : ", %s per hour"
                                .formatted(Numbers.significant(price.perHour(used, gpuClass.gpusPerServer()))));
    }

    static int gpusUsed(Plan plan, String gpuClass) {
        return (int) plan.vgpus().stream()
                .filter(v -> v.gpuClass().equals(gpuClass))
                .mapToInt(Vgpu::gpu)
                .distinct()
                .count();
    }

    private void certificate() {
        Certificate certificate = plan.certificate();
        out.printf(
                "Objective: %s (%s).%nProven: no plan under these rules is %s %s; gap %s.%n%sSolver: %s%n",
                objective.amount(certificate.objective()),
                objective.meaning(),
                plan.rules().goal() == Goal.COST ? "cheaper than" : "above",
                objective.amount(certificate.bound()),
                Numbers.gap(certificate.gap()),
                switch (certificate.ended()) {
                    case GAP -> "";
                    case EXHAUSTED ->
                        "All was tried without proving the wanted gap: another run gives the same plan.%n".formatted();
                    case TIME_LIMIT -> "Stopped by the time limit: the best plan until then.%n".formatted();
                    case INTERRUPT -> "";
                },
                certificate.solver());
        certificate.binding().forEach(line -> out.println("Binding: " + line));
    }

    private void marginalValues() {
        MarginalValues values = plan.marginalValues();
        if (values.perGpu().isEmpty()) {
            return;
        }
        var perGpu = new TextTable("one more GPU of", "objective");
        for (int g = 0; g < values.perGpu().size(); g++) {
            perGpu.row(
                    Labels.gpuClass(scenario.cluster().classes().get(g)),
                    gain(values.perGpu().get(g)));
        }
        var perSlo = new TextTable("1 ms more SLO for", "objective");
        for (int k = 0; k < values.perSloMillisecond().size(); k++) {
            perSlo.row(
                    plan.models().get(k).model(),
                    gain(values.perSloMillisecond().get(k)));
        }
        out.printf(
                "%nWhat a little more would bring at best (LP); `ppipe plan explain` plans again:%n%s%n%s",
                perGpu, perSlo);
    }

    private String gain(double value) {
        return objective.gain(value, plan.certificate().objective());
    }

    /** Returns a word as files write it. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
