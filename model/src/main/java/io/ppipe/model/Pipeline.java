package io.ppipe.model;

import java.util.List;

/**
 * The stages that a request passes, each served by a pool.
 *
 * @param batchSize the batch size of all its stages; a batch may be smaller, never larger
 * @param throughputPerSecond planned throughput
 */
public record Pipeline(int batchSize, double throughputPerSecond, List<Stage> stages) {
    public Pipeline {
        Checks.atLeast("Pipeline: batch_size", batchSize, 1);
        Checks.positive("Pipeline: throughput_rps", throughputPerSecond);
        stages = List.copyOf(stages);
        Checks.atLeast("Pipeline: number of stages", stages.size(), 1);
    }
}
