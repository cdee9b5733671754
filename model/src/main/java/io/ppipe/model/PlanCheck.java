package io.ppipe.model;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Derives from scenario and plan alone whether the plan keeps every rule, and what it is worth. Shares nothing with the
 * planner: no plan is written, simulated or served on the planner's word.
 *
 * @param objective what the plan is worth as derived here, see {@link Certificate}; 0 where that cannot be said
 * @param violations what is wrong, in words; empty when the plan is good
 */
public record PlanCheck(double objective, List<String> violations) {
    public PlanCheck {
        violations = List.copyOf(violations);
    }

    /** Checks a plan. Never throws because of what a plan says. */
    public static PlanCheck of(Scenario scenario, Plan plan) {
        var check = new Checking(scenario, plan);
        double objective = check.run();
        return new PlanCheck(objective, check.violations.found());
    }

    /** Returns whether the plan keeps every rule. */
    public boolean good() {
        return violations.isEmpty();
    }

    private static final class Checking {
        private final Scenario scenario;
        private final Plan plan;
        private final Violations violations = new Violations();

        Checking(Scenario scenario, Plan plan) {
            this.scenario = scenario;
            this.plan = plan;
        }

        double run() {
            identity();
            if (!violations.found().isEmpty()) {
                return 0; // anything further would compare things that don't belong together
            }
            for (int i = 0; i < plan.models().size(); i++) {
                model(plan.models().get(i), scenario.models().get(i));
            }
            new PlacementCheck(scenario.cluster(), plan, violations).check();
            marginalValues();
            double objective = switch (plan.rules().goal()) {
                case THROUGHPUT -> leastThroughput();
                case COST -> price();
            };
            certificate(objective);
            if (plan.rules().surviveServerLoss() && violations.found().isEmpty()) {
                new ServerLossCheck(scenario, plan, violations).check();
            }
            return objective;
        }

        private void identity() {
            violations.require(
                    plan.profileFingerprint().equals(scenario.profileFingerprint()),
                    "It was made for another profile (%.12s…, at hand is %.12s…). Run `ppipe plan` again.",
                    plan.profileFingerprint(),
                    scenario.profileFingerprint());
            violations.require(
                    plan.clusterName().equals(scenario.cluster().name()),
                    "It was made for cluster %s, not for %s.",
                    plan.clusterName(),
                    scenario.cluster().name());
            violations.require(
                    Violations.equal(plan.timeScale(), scenario.cluster().timeScale()),
                    "It was made for time_scale %s, the cluster says %s. Run `ppipe plan` again.",
                    plan.timeScale(),
                    scenario.cluster().timeScale());
            var planned = plan.models().stream().map(ModelPlan::model).toList();
            var wanted =
                    scenario.models().stream().map(Scenario.ScenarioModel::name).toList();
            violations.require(planned.equals(wanted), "It serves %s, the workload asks for %s.", planned, wanted);
        }

        private void model(ModelPlan model, Scenario.ScenarioModel wanted) {
            violations.require(
                    model.sloMicros() == wanted.slo().latencyMicros(),
                    "Model %s: it was planned for an SLO of %d us, the workload says %d us. Run `ppipe plan` again.",
                    model.model(),
                    model.sloMicros(),
                    wanted.slo().latencyMicros());
            violations.require(
                    Violations.equal(model.weight(), wanted.weight()),
                    "Model %s: it was planned with weight %s, the workload says %s.",
                    model.model(),
                    model.weight(),
                    wanted.weight());
            violations.require(!model.pipelines().isEmpty(), "Model %s has no pipeline.", model.model());
            var timing = new TimingCheck(scenario.cluster(), wanted, plan.rules(), model.rules(), violations);
            for (int p = 0; p < model.pipelines().size(); p++) {
                timing.check(
                        "Model %s, pipeline %d".formatted(model.model(), p),
                        model.pipelines().get(p));
            }
            violations.require(
                    Violations.equal(sum(model), model.throughputPerSecond()),
                    "Model %s: throughput_rps is %s, its pipelines sum to %s.",
                    model.model(),
                    model.throughputPerSecond(),
                    sum(model));
            violations.require(
                    plan.rules().goal() != Goal.COST || Violations.atMost(wanted.weight(), sum(model)),
                    "Model %s: its throughput is %s/s, less than its demand of %s/s.",
                    model.model(),
                    sum(model),
                    wanted.weight());
        }

        private static double sum(ModelPlan model) {
            return model.pipelines().stream()
                    .mapToDouble(Pipeline::throughputPerSecond)
                    .sum();
        }

        private void marginalValues() {
            List<Double> perGpu = plan.marginalValues().perGpu();
            violations.require(
                    perGpu.isEmpty()
                            || perGpu.size() == scenario.cluster().classes().size(),
                    "It has marginal values of %d GPU classes, the cluster has %d.",
                    perGpu.size(),
                    scenario.cluster().classes().size());
            List<Double> perSlo = plan.marginalValues().perSloMillisecond();
            violations.require(
                    perSlo.isEmpty() || perSlo.size() == plan.models().size(),
                    "It has marginal values of %d SLOs for %d models.",
                    perSlo.size(),
                    plan.models().size());
        }

        private double leastThroughput() {
            return IntStream.range(0, plan.models().size())
                    .mapToDouble(i ->
                            sum(plan.models().get(i)) / scenario.models().get(i).weight())
                    .min()
                    .orElse(0);
        }

        /** Returns the price per hour of the GPUs that have vGPUs, or of their servers, where these are priced whole. */
        private double price() {
            return scenario.cluster().classes().stream()
                    .mapToDouble(gpuClass -> gpuClass.price().perHour() * unitsUsed(gpuClass))
                    .sum();
        }

        private long unitsUsed(GpuClass gpuClass) {
            int gpusPerUnit = switch (gpuClass.price().unit()) {
                case GPU -> 1;
                case SERVER -> gpuClass.gpusPerServer();
            };
            return plan.vgpus().stream()
                    .filter(vgpu -> vgpu.gpuClass().equals(gpuClass.name()))
                    .mapToInt(vgpu -> vgpu.gpu() / gpusPerUnit)
                    .distinct()
                    .count();
        }

        private void certificate(double objective) {
            Certificate certificate = plan.certificate();
            violations.require(
                    Violations.equal(certificate.objective(), objective),
                    "The certificate says objective %s, derived is %s.",
                    certificate.objective(),
                    objective);
            boolean holds = switch (plan.rules().goal()) {
                case THROUGHPUT -> Violations.atMost(objective, certificate.bound());
                case COST -> Violations.atMost(certificate.bound(), objective);
            };
            violations.require(
                    holds,
                    "The objective %s is better than the bound %s that is said to be proven.",
                    objective,
                    certificate.bound());
        }
    }
}
