package io.ppipe.evaluate;

import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Compares the best candidates once more: all models together, longer, and by arrivals that they were not chosen by. */
final class Heats {
    private static final int SEEDS = 2;

    private final Scenario scenario;
    private final Conditions conditions;
    private final Progress progress;
    private final Map<Candidate, Double> attained = new LinkedHashMap<>();

    /** @param conditions under which the candidates were chosen */
    Heats(Scenario scenario, Conditions conditions, Progress progress) {
        this.scenario = scenario;
        this.conditions = conditions;
        this.progress = progress;
    }

    /** @param attained offered requests/s ÷ weight, the mean over the seeds */
    record Winner(Candidate candidate, double attained) {}

    /** Returns the candidate that attains most; nothing where none attains anything. */
    Optional<Winner> best(List<Candidate> candidates) {
        Winner best = null;
        for (int i = 0; i < candidates.size(); i++) {
            progress.report("comparing finalists", i, candidates.size());
            Candidate candidate = candidates.get(i);
            double got = attained.computeIfAbsent(candidate, this::together);
            if (got > (best == null ? 0 : best.attained())) {
                best = new Winner(candidate, got);
            }
        }
        return Optional.ofNullable(best);
    }

    private double together(Candidate candidate) {
        if (!(candidate.attained() > 0)) { // a model of it attains its target at no load, so all together do at none
            return 0;
        }
        double[] weights =
                scenario.models().stream().mapToDouble(ScenarioModel::weight).toArray();
        return IntStream.rangeClosed(1, SEEDS)
                .parallel()
                .mapToDouble(seed -> new LoadSearch(
                                scenario,
                                candidate.plan(),
                                weights,
                                conditions.withSeed(conditions.seed() + seed),
                                Precision.DEFAULT)
                        .ofAll(candidate.attained())
                        .load())
                .average()
                .orElseThrow();
    }
}
