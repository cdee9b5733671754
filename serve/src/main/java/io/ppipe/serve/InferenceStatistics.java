package io.ppipe.serve;

import java.util.List;

/**
 * What has been counted of one version of a model since it was first served, in the terms of the protocol's statistics.
 *
 * @param lastInferenceMillis when the last call ended, in milliseconds since the epoch; 0 before the first
 * @param inferenceCount items answered with tensors
 * @param executionCount batches run through all their stages
 * @param success calls answered with tensors, from arrival to answer
 * @param fail calls answered without
 * @param queue from arrival to the start of the first stage, by item
 * @param computeInput putting inputs together to a batch, by item: each counts the time of its batch, as in the next two
 * @param computeInfer the stages, without the transfers between them
 * @param computeOutput taking a batch's outputs apart and answering
 * @param batches the last three by batch size, smallest first; each batch counts once
 */
public record InferenceStatistics(
        String model,
        String version,
        long lastInferenceMillis,
        long inferenceCount,
        long executionCount,
        Total success,
        Total fail,
        Total queue,
        Total computeInput,
        Total computeInfer,
        Total computeOutput,
        List<OfBatchSize> batches) {
    public InferenceStatistics {
        batches = List.copyOf(batches);
    }

    /** How often something happened, and how long it took in all, in nanoseconds. */
    public record Total(long count, long nanos) {
        /** Nothing yet. */
        public static final Total NONE = new Total(0, 0);

        Total plus(long times, long moreNanos) {
            return new Total(count + times, nanos + moreNanos);
        }
    }

    /** Batches of one size. */
    public record OfBatchSize(int size, Total computeInput, Total computeInfer, Total computeOutput) {}
}
