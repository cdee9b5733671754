package io.ppipe.simulate;

import io.ppipe.model.Scenario;
import io.ppipe.model.Summary;
import io.ppipe.model.Utilisation;
import java.util.List;
import java.util.Map;

/**
 * What a simulated run gave.
 *
 * @param models one for each model of the plan, in its order
 * @param utilisation one for each GPU class of the cluster, in its order
 * @param events calls of the scheduler
 */
public record SimulationReport(List<ModelReport> models, List<Utilisation> utilisation, long events) {
    public SimulationReport {
        models = List.copyOf(models);
        utilisation = List.copyOf(utilisation);
    }

    /**
     * One model's figures.
     *
     * @param batchSizes how many batches were dispatched with each size; index 0 = size 1
     * @param phases where answered requests spent their time
     * @param misses how many requests were not answered in time, by cause; only causes that occurred, in their order
     */
    public record ModelReport(
            String model, Summary summary, List<Long> batchSizes, Phases phases, Map<MissCause, Long> misses) {
        public ModelReport {
            batchSizes = List.copyOf(batchSizes);
        }

        /** Returns requests per dispatched batch; 0 when there was none. */
        public double meanBatchSize() {
            long batches = 0;
            long requests = 0;
            for (int i = 0; i < batchSizes.size(); i++) {
                batches += batchSizes.get(i);
                requests += (i + 1) * batchSizes.get(i);
            }
            return batches == 0 ? 0 : (double) requests / batches;
        }
    }

    /**
     * Where answered requests spent their time; the four parts of a request add up to its total.
     *
     * @param total from arrival to answer
     * @param batchWait from arrival until its batch was dispatched
     * @param queue after that, waiting for vGPUs and links
     * @param transfer travelling between stages
     * @param compute on vGPUs
     */
    public record Phases(
            Percentiles total, Percentiles batchWait, Percentiles queue, Percentiles transfer, Percentiles compute) {}

    /** Returns what became of all models' requests. */
    public Summary total() {
        return models.stream()
                .map(ModelReport::summary)
                .reduce(Summary::plus)
                .orElseThrow(() -> new AssertionError("a plan has at least one model"));
    }

    /** Returns min over models of answered requests per second ÷ weight. */
    public double throughputOverWeight(Scenario scenario) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < models.size(); i++) {
            double answered = models.get(i).summary().throughputPerSecond();
            least = Math.min(least, answered / scenario.models().get(i).weight());
        }
        return least;
    }

    /** Returns the least SLO attainment of any model. */
    public double leastAttainment() {
        return models.stream()
                .mapToDouble(m -> m.summary().sloAttainment())
                .min()
                .orElse(1);
    }
}
