package io.ppipe.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a pipeline does with the time that its SLO allows, and what one vGPU of each stage carries: derived from cluster and
 * profile, whatever a plan says of it.
 *
 * @param stageMicros what each stage computes
 * @param transferMicros what the boundary tensors of a batch take behind each stage but the last
 * @param batchBuildingMicros what collecting a batch is expected to take
 * @param marginMicros what is kept for queueing
 * @param sloMicros what all of it may take
 * @param vgpuRates requests/s of one vGPU of each stage: what it computes, and what its part of its server's NIC carries
 */
public record PipelineTimes(
        List<Long> stageMicros,
        List<Double> transferMicros,
        double batchBuildingMicros,
        double marginMicros,
        double sloMicros,
        List<Double> vgpuRates) {
    public PipelineTimes {
        stageMicros = List.copyOf(stageMicros);
        transferMicros = List.copyOf(transferMicros);
        vgpuRates = List.copyOf(vgpuRates);
    }

    /**
     * Derives the times of a pipeline.
     *
     * @param pipeline one whose stages follow each other on classes, shares and batch sizes that the profile has
     */
    public static PipelineTimes of(Cluster cluster, Scenario.ScenarioModel model, ModelRules rules, Pipeline pipeline) {
        var stages = new ArrayList<Long>();
        var transfers = new ArrayList<Double>();
        var rates = new ArrayList<Double>();
        var derived = new Derivation(cluster, model.profile(), pipeline);
        for (int s = 0; s < pipeline.stages().size(); s++) {
            stages.add(derived.stageMicros(s));
            rates.add(derived.vgpuRate(s));
            if (s > 0) {
                transfers.add(8.0 * pipeline.batchSize() * derived.bytesBefore(s) * 1e6 / derived.bandwidthBefore(s));
            }
        }
        double slo = model.slo().latencyMicros();
        return new PipelineTimes(
                stages, transfers, rules.batchBuildingMicros(pipeline.batchSize()), rules.margin() * slo, slo, rates);
    }

    /** Returns what stages, transfers and batch building take together. */
    public double busyMicros() {
        double sum = batchBuildingMicros;
        for (long stage : stageMicros) {
            sum += stage;
        }
        for (double transfer : transferMicros) {
            sum += transfer;
        }
        return sum;
    }

    /** Returns what is left of the SLO; below 0 when the pipeline is too slow. */
    public double slackMicros() {
        return sloMicros - marginMicros - busyMicros();
    }

    /** Returns what the pools deliver with all their vGPUs, in requests/s. */
    public double deliveredPerSecond(Pipeline pipeline) {
        double least = Double.POSITIVE_INFINITY;
        for (int s = 0; s < vgpuRates.size(); s++) {
            least = Math.min(least, pipeline.stages().get(s).vgpuCount() * vgpuRates.get(s));
        }
        return least;
    }

    private record Derivation(Cluster cluster, ModelProfile profile, Pipeline pipeline) {
        private Stage stage(int s) {
            return pipeline.stages().get(s);
        }

        private GpuClass gpuClass(int s) {
            return cluster.gpuClass(stage(s).gpuClass()).orElseThrow();
        }

        long stageMicros(int s) {
            return profile.latencies(stage(s).gpuClass(), stage(s).sharesPerGpu())
                    .orElseThrow()
                    .latencyMicros(stage(s).firstBlock(), stage(s).endBlock(), pipeline.batchSize());
        }

        long bytesBefore(int s) {
            return profile.cuts().get(stage(s).firstBlock() - 1).bytesPerRequest();
        }

        double bandwidthBefore(int s) {
            return Math.min(gpuClass(s - 1).nicBitsPerSecond(), gpuClass(s).nicBitsPerSecond());
        }

        double vgpuRate(int s) {
            double rate = pipeline.batchSize() * 1e6 / stageMicros(s);
            double vgpusPerServer =
                    (double) stage(s).sharesPerGpu() * gpuClass(s).gpusPerServer();
            if (s > 0) {
                rate = Math.min(rate, bandwidthBefore(s) / (8.0 * bytesBefore(s) * vgpusPerServer));
            }
            if (s + 1 < pipeline.stages().size()) {
                rate = Math.min(rate, bandwidthBefore(s + 1) / (8.0 * bytesBefore(s + 1) * vgpusPerServer));
            }
            return rate;
        }
    }
}
