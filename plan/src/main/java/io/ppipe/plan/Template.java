package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;

/**
 * A pipeline that would meet the SLO: cuts, and for each stage a class and a share, and one batch size. How many vGPUs
 * each stage gets is the MILP's choice.
 */
record Template(int model, int batchSize, StageChoice[] stages, double[] ratesPerSecond) {
    /**
     * Where a stage runs.
     *
     * @param classIndex in {@link io.ppipe.model.Cluster#classes}
     */
    record StageChoice(int firstBlock, int endBlock, int classIndex, GpuClass gpuClass, LatencyTable table) {
        int shares() {
            return table.sharesPerGpu();
        }

        long latencyMicros(int batchSize) {
            return table.latencyMicros(firstBlock, endBlock, batchSize);
        }
    }

    int stageCount() {
        return stages.length;
    }

    /** Returns whether {@code other} has the same class and share at every stage. */
    boolean sameHardware(Template other) {
        if (model != other.model || stages.length != other.stages.length) {
            return false;
        }
        for (int i = 0; i < stages.length; i++) {
            if (stages[i].classIndex() != other.stages[i].classIndex()
                    || stages[i].shares() != other.stages[i].shares()) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether every stage is at least as fast as the same stage of {@code other}. */
    boolean atLeastAsFastAs(Template other) {
        for (int i = 0; i < ratesPerSecond.length; i++) {
            if (ratesPerSecond[i] < other.ratesPerSecond[i]) {
                return false;
            }
        }
        return true;
    }
}
