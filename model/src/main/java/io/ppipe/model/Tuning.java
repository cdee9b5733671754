package io.ppipe.model;

import java.util.List;

/**
 * How a plan was chosen by simulating candidates: under which conditions, and what was tried.
 *
 * @param policy the dispatch policy
 * @param arrivals the arrival process, as its specification says
 * @param seed of the simulated arrivals
 * @param attained the chosen plan's highest load at which all models attain their SLO targets, as offered requests per second ÷
 *     weight, the same for all models; with other arrivals than it was chosen by
 * @param attempts every candidate, in the order of trying
 */
public record Tuning(String policy, String arrivals, long seed, double attained, List<Attempt> attempts) {
    public Tuning {
        attempts = List.copyOf(attempts);
    }

    /**
     * One candidate.
     *
     * @param algorithm {@code ppipe}, or {@code np}: whole-model pools are always among the candidates
     * @param margins of each model
     * @param batchBuildingFactors of each model
     * @param planned its min over models of throughput ÷ weight
     * @param attained the same at which each model attains its SLO target while the others are near theirs
     * @param loadFactors what each model attains ÷ what was planned for it
     */
    public record Attempt(
            String algorithm,
            List<Double> margins,
            List<Double> batchBuildingFactors,
            double planned,
            double attained,
            List<Double> loadFactors) {
        public Attempt {
            margins = List.copyOf(margins);
            batchBuildingFactors = List.copyOf(batchBuildingFactors);
            loadFactors = List.copyOf(loadFactors);
        }
    }
}
