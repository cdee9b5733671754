package io.ppipe.serve.front;

import io.ppipe.protocol.v2.InferBatchStatistics;
import io.ppipe.protocol.v2.InferStatistics;
import io.ppipe.protocol.v2.ModelStatistics;
import io.ppipe.protocol.v2.StatisticDuration;
import io.ppipe.serve.InferenceStatistics;
import io.ppipe.serve.InferenceStatistics.Total;

/** Statistics as gRPC messages. */
final class GrpcStatistics {
    private GrpcStatistics() {}

    static ModelStatistics of(InferenceStatistics statistics) {
        var message = ModelStatistics.newBuilder()
                .setName(statistics.model())
                .setVersion(statistics.version())
                .setLastInference(statistics.lastInferenceMillis())
                .setInferenceCount(statistics.inferenceCount())
                .setExecutionCount(statistics.executionCount())
                .setInferenceStats(InferStatistics.newBuilder()
                        .setSuccess(duration(statistics.success()))
                        .setFail(duration(statistics.fail()))
                        .setQueue(duration(statistics.queue()))
                        .setComputeInput(duration(statistics.computeInput()))
                        .setComputeInfer(duration(statistics.computeInfer()))
                        .setComputeOutput(duration(statistics.computeOutput()))
                        .setCacheHit(duration(Total.NONE))
                        .setCacheMiss(duration(Total.NONE)));
        statistics
                .batches()
                .forEach(batches -> message.addBatchStats(InferBatchStatistics.newBuilder()
                        .setBatchSize(batches.size())
                        .setComputeInput(duration(batches.computeInput()))
                        .setComputeInfer(duration(batches.computeInfer()))
                        .setComputeOutput(duration(batches.computeOutput()))));
        return message.build();
    }

    private static StatisticDuration duration(Total total) {
        return StatisticDuration.newBuilder()
                .setCount(total.count())
                .setNs(total.nanos())
                .build();
    }
}
