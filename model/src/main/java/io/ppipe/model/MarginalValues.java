package io.ppipe.model;

import java.util.List;

/**
 * What a little more of something would change the objective by, from the dual values of the plan's LP relaxation. Both
 * lists are empty when unknown.
 *
 * @param perGpu for one more GPU of each class, in the order of the cluster's classes
 * @param perSloMillisecond for one more millisecond of each model's SLO, in the order of the plan's models
 */
public record MarginalValues(List<Double> perGpu, List<Double> perSloMillisecond) {
    public static final MarginalValues UNKNOWN = new MarginalValues(List.of(), List.of());

    public MarginalValues {
        perGpu = List.copyOf(perGpu);
        perSloMillisecond = List.copyOf(perSloMillisecond);
    }
}
