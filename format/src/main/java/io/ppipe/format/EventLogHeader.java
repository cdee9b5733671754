package io.ppipe.format;

import io.ppipe.model.ModelPlan;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an event log says about the run that it is from: enough to tell whether a scheduler that is fed with its events
 * must decide the same.
 *
 * @param planFingerprint of the plan that the run began with
 * @param scenarioFingerprint of its cluster, workload and profile
 * @param models names, in the order of the plan; events name models by index in it
 * @param policy how the scheduler decides, by name
 * @param settings numbers of the scheduler, by name with unit, in the order to write them
 * @param decisionsRecorded whether the log holds what was decided
 */
public record EventLogHeader(
        String planFingerprint,
        String scenarioFingerprint,
        List<String> models,
        String policy,
        Map<String, Double> settings,
        boolean decisionsRecorded) {
    public EventLogHeader {
        models = List.copyOf(models);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        if (models.isEmpty()) {
            throw new IllegalArgumentException("An event log needs at least one model.");
        }
        settings.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("Setting %s (%s) must be finite.".formatted(name, value));
            }
        });
    }

    /** Returns the header of the log of a run. */
    public static EventLogHeader of(
            Scenario scenario, Plan plan, String policy, Map<String, Double> settings, boolean decisionsRecorded) {
        return new EventLogHeader(
                Fingerprint.of(plan),
                Fingerprint.of(scenario),
                plan.models().stream().map(ModelPlan::model).toList(),
                policy,
                settings,
                decisionsRecorded);
    }
}
