package io.ppipe.simulate;

import io.ppipe.model.Summary;
import io.ppipe.model.Utilisation;
import io.ppipe.schedule.Decision;
import java.util.List;
import java.util.Map;

/**
 * What a simulated run gave.
 *
 * @param models one for each model of the plan, in its order
 * @param utilisation one for each GPU class of the cluster, in its order
 */
public record SimulationReport(List<ModelReport> models, List<Utilisation> utilisation) {
    public SimulationReport {
        models = List.copyOf(models);
        utilisation = List.copyOf(utilisation);
    }

    /**
     * One model's figures.
     *
     * @param meanBatchSize requests per dispatched batch; 0 when there was none
     * @param latencyMicrosP50 of answered requests, from arrival to answer
     * @param latencyMicrosP99 likewise
     * @param rejections by cause, in the order of the enum, those that occurred
     */
    public record ModelReport(
            String model,
            Summary summary,
            double meanBatchSize,
            long latencyMicrosP50,
            long latencyMicrosP99,
            Map<Decision.Cause, Long> rejections) {}

    /** Returns all models together. */
    public Summary total() {
        Summary total = Summary.empty(0);
        for (ModelReport model : models) {
            total = total.plus(model.summary());
        }
        return total;
    }
}
