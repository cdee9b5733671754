package io.ppipe.model;

import java.util.List;

/**
 * How one model is served.
 *
 * @param sloMicros the SLO that the plan was made for
 * @param weight what its throughput was divided by when models were compared; its demand where the goal is cost
 * @param rules the rules of latency that its pipelines keep
 * @param throughputPerSecond planned throughput, the sum over its pipelines
 * @param note why the plan is as it is, where that needs saying; may be ""
 */
public record ModelPlan(
        String model,
        long sloMicros,
        double weight,
        ModelRules rules,
        double throughputPerSecond,
        List<Pipeline> pipelines,
        String note) {
    public ModelPlan {
        pipelines = List.copyOf(pipelines);
    }
}
