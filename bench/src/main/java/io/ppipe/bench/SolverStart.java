package io.ppipe.bench;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Demand;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Price;
import io.ppipe.model.Progress;
import io.ppipe.model.Provenance;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Sharing;
import io.ppipe.model.Slo;
import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalDouble;

/** The first plan of a process, of one GPU: it loads the solver's native library, which no later plan pays for. */
final class SolverStart {
    private static final long MICROS = 1_000;

    private SolverStart() {}

    /** Plans it, prints how long that took, and notes it in the report. */
    static void measure(PrintWriter out, BenchReport report) {
        double seconds = PlannerRun.of(task(), "np", 0, 60, Progress.NONE).seconds();
        report.with("solver_start_seconds", seconds);
        out.printf(
                "Solver start: %.2f s, once per process (its library is loaded and one GPU planned); in no row"
                        + " below.%n%n",
                seconds);
        out.flush();
    }

    private static PlanTask task() {
        var gpu = new GpuClass(
                "gpu", 1, 1, Long.MAX_VALUE, List.of(1), Sharing.MPS, 1e9, Price.UNKNOWN, new Executor.Cpu(1));
        var table = new LatencyTable(
                "gpu",
                1,
                List.of(1),
                List.of(List.of(MICROS)),
                new Provenance(Provenance.Kind.IMPORTED, "gpu", "invented", ""));
        var profile = new ModelProfile(
                "m",
                "",
                BoundaryType.UNCHANGED,
                List.of(),
                List.of(),
                List.of(new Block("b", "b", 1, 0, 0)),
                List.of(),
                List.of(table),
                "");
        var model = new ScenarioModel("m", new Slo(10 * MICROS, Slo.DEFAULT_TARGET), new Demand.Weight(1), profile);
        return new PlanTask(
                "start",
                new Scenario(new Cluster("start", List.of(gpu), 1), List.of(model), "f"),
                1,
                List.of(new PlanTask.Terms(0, 0, OptionalDouble.of(1))));
    }
}
