package io.ppipe.bench;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Certificate;
import io.ppipe.model.Cluster;
import io.ppipe.model.Cut;
import io.ppipe.model.Demand;
import io.ppipe.model.Executor;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Price;
import io.ppipe.model.Provenance;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Sharing;
import io.ppipe.model.Slo;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.SchedulerSettings;
import io.ppipe.simulate.ArrivalSource;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.SimulationReport;
import io.ppipe.simulate.Simulator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One simulated second of a two-stage pipeline at 90 % of its throughput: scheduler and world together. Run it with
 * {@code java -cp 'bench/target/classes:…' org.openjdk.jmh.Main}; see CONTRIBUTING.md.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls makePlan before it measures
public class DecisionBenchmark {
    private static final long SLOW_MICROS = 30_000;
    private static final long FAST_MICROS = 10_000;
    private static final long SLO_MICROS = 100_000;

    /** GPUs in the cluster, three quarters of them slow. */
    @Param({"100", "400"})
    public int gpus;

    private Scenario scenario;
    private Plan plan;

    @Setup
    public void makePlan() {
        int slow = gpus * 3 / 4;
        int fast = gpus - slow;
        double rate = Math.min(slow * 1e6 / SLOW_MICROS, fast * 1e6 / FAST_MICROS);
        var cluster = new Cluster("bench", List.of(gpuClass("fast", fast), gpuClass("slow", slow)), 1);
        var profile = new ModelProfile(
                "m",
                "",
                BoundaryType.UNCHANGED,
                List.of(),
                List.of(),
                List.of(new Block("a", "a", 1, 0, 0), new Block("b", "b", 1, 0, 0)),
                List.of(new Cut(List.of(), 500_000)),
                List.of(table("fast", FAST_MICROS), table("slow", SLOW_MICROS)),
                "");
        scenario = new Scenario(
                cluster,
                List.of(new ScenarioModel("m", new Slo(SLO_MICROS, 0.99), new Demand.Weight(1), profile)),
                "f");
        var stages =
                List.of(new Stage(0, 1, "slow", 1, slow, SLOW_MICROS), new Stage(1, 2, "fast", 1, fast, FAST_MICROS));
        var vgpus = new ArrayList<Vgpu>();
        for (int s = 0; s < stages.size(); s++) {
            for (int i = 0; i < stages.get(s).vgpuCount(); i++) {
                vgpus.add(new Vgpu(stages.get(s).gpuClass(), i, 0, 1, 0, 0, s));
            }
        }
        plan = new Plan(
                "bench",
                "bench",
                1,
                "f",
                new PlanRules(2, Goal.THROUGHPUT, false),
                List.of(new ModelPlan(
                        "m",
                        SLO_MICROS,
                        1,
                        new ModelRules(0, 0, rate),
                        rate,
                        List.of(new Pipeline(1, rate, stages)),
                        "")),
                vgpus,
                new Certificate(rate, rate, List.of(), "none", Certificate.Ended.GAP),
                MarginalValues.UNKNOWN);
    }

    private static GpuClass gpuClass(String name, int count) {
        return new GpuClass(
                name, count, 1, 1L << 34, List.of(1), Sharing.MPS, 10e9, Price.UNKNOWN, new Executor.Cpu(1));
    }

    private static LatencyTable table(String name, long micros) {
        return new LatencyTable(
                name,
                1,
                List.of(1),
                List.of(List.of(micros), List.of(micros)),
                new Provenance(Provenance.Kind.IMPORTED, "bench", "bench", ""));
    }

    /** Simulates one second. */
    @Benchmark
    public SimulationReport simulatedSecond() {
        double rate = 0.9 * plan.models().getFirst().throughputPerSecond();
        var source = new ArrivalSource(rate, scenario.models().getFirst().slo());
        return new Simulator(
                        scenario,
                        plan,
                        PolicyName.RESERVATION.scheduler(scenario, plan, SchedulerSettings.DEFAULT),
                        new ArrivalSpec.Poisson().arrivals(List.of(source), 1, 1),
                        1)
                .run();
    }
}
