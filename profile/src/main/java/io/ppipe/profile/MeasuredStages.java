package io.ppipe.profile;

import io.ppipe.execute.Partition;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.Provenance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured of a model: every block, in order, then runs of blocks as one stage each, the whole model last.
 *
 * @param blocks how many of the partitions are single blocks
 */
record MeasuredStages(List<Partition> partitions, int blocks) {
    MeasuredStages {
        partitions = List.copyOf(partitions);
    }

    /**
     * Writes them as files.
     *
     * @param everyRun whether to take every run of blocks, or the whole model only
     */
    static MeasuredStages write(CutModel cut, String model, Path directory, boolean everyRun) {
        int blocks = cut.blocks().size();
        var partitions = new ArrayList<Partition>();
        for (int length = 1; length <= blocks; length++) {
            if (length == 1 || length == blocks || everyRun) {
                for (int first = 0; first + length <= blocks; first++) {
                    partitions.add(PartitionWriter.write(cut, first, first + length, model, directory));
                }
            }
        }
        return new MeasuredStages(partitions, blocks);
    }

    /** Returns the whole model as one stage. */
    Partition whole() {
        return partitions.getLast();
    }

    /** Returns a latency table of times in microseconds as {@code [stage][batch size]}. */
    LatencyTable table(
            String gpuClass, int share, List<Integer> batchSizes, List<List<Long>> micros, Provenance provenance) {
        var runs = new ArrayList<LatencyTable.Run>();
        for (int i = blocks; i < partitions.size(); i++) {
            Partition run = partitions.get(i);
            runs.add(new LatencyTable.Run(run.firstBlock(), run.endBlock(), micros.get(i)));
        }
        return new LatencyTable(gpuClass, share, batchSizes, micros.subList(0, blocks), provenance, runs);
    }
}
