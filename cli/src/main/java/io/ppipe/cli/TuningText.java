package io.ppipe.cli;

import io.ppipe.model.ModelPlan;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Tuning;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How a plan was chosen by simulating candidates, as people read it, and as reports say it. */
final class TuningText {
    private TuningText() {}

    /**
     * @param plan a tuned one
     * @param withoutPartitioning the best plan that runs whole models, tuned the same way
     * @param repeatable whether another run gives the same plan
     */
    static String of(Scenario scenario, Plan plan, Optional<Plan> withoutPartitioning, boolean repeatable) {
        Tuning tuning = plan.tuning().orElseThrow();
        var objective = ObjectiveText.of(scenario, plan.rules().goal());
        double planned = plan.certificate().objective();
        var table = new TextTable("chosen for", ">margin", ">batch building", ">requests/s");
        for (ModelPlan model : plan.models()) {
            table.row(
                    model.model(),
                    Numbers.percent(model.rules().margin()),
                    Numbers.plain(model.rules().batchBuildingFactor()),
                    Numbers.rate(model.throughputPerSecond()));
        }
        return """

            Tuned by simulation (policy %s, arrivals %s, seed %d): %d candidates were simulated.
            Attained at the SLO targets: %s of %s planned (%s), min over models of throughput ÷ weight.
            %s%s%s
            """.formatted(
                        tuning.policy(),
                        tuning.arrivals(),
                        tuning.seed(),
                        tuning.attempts().size(),
                        objective.amount(tuning.attained()),
                        objective.amount(planned),
                        Numbers.percent(tuning.attained() / planned),
                        withoutPartitioning
                                .flatMap(Plan::tuning)
                                .map(whole -> "Without partitioning, tuned the same way: %s.%n"
                                        .formatted(objective.amount(whole.attained())))
                                .orElse(""),
                        table,
                        repeatable
                                ? "Repeatable: another run chooses the same plan."
                                : "Not repeatable: time ended the search for some candidate, so another run may choose"
                                        + " another plan.");
    }

    static Map<String, Object> json(Tuning tuning) {
        var row = new LinkedHashMap<String, Object>();
        row.put("policy", tuning.policy());
        row.put("arrivals", tuning.arrivals());
        row.put("seed", tuning.seed());
        row.put("attained", tuning.attained());
        row.put("candidates", tuning.attempts().size());
        return row;
    }
}
