package io.ppipe.profile;

import io.ppipe.execute.ExecutionException;
import io.ppipe.execute.KernelTrace;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Progress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How long each layer of a model takes on this machine's CPU at batch 1: where to cut, and how a block's time divides
 * among kinds of operators. Always without graph optimisations, since they merge and rename layers.
 */
final class LayerTimes {
    private LayerTimes() {}

    /**
     * Runs the whole model and returns microseconds by layer, in the order of {@link ModelGraph#layers}. 0 for a layer that
     * ONNX Runtime carries out as several nodes of other names.
     *
     * @param directory where to write the model's file
     * @param limitNanos time for the timed runs
     */
    static double[] measure(
            ModelGraph graph,
            String model,
            Path directory,
            ProfileSettings settings,
            long limitNanos,
            Progress progress) {
        var whole = CutModel.of(
                graph, BoundaryType.UNCHANGED, List.of(graph.layers().size()));
        Partition partition = PartitionWriter.write(whole, 0, 1, model, directory);
        var session = new SessionSettings(settings.session().threads(), Optimisation.NONE);
        try (var trace = KernelTrace.open(partition, session)) {
            run(trace, partition, settings, limitNanos, progress);
            Map<String, List<Long>> micros = trace.end();
            return graph.layers().stream()
                    .mapToDouble(layer -> typical(timed(micros.getOrDefault(layer.name(), List.of()), settings)))
                    .toArray();
        } catch (ExecutionException e) {
            throw new BadInputException("%s: it cannot be run: %s".formatted(model, e.getMessage()), e);
        }
    }

    private static void run(
            KernelTrace trace, Partition partition, ProfileSettings settings, long limitNanos, Progress progress)
            throws ExecutionException {
        String what = "measure layers of " + partition.model();
        var tensors = new ProbeTensors(1);
        var inputs = tensors.of(partition.inputs());
        var outputs = tensors.of(partition.outputs());
        long lastNanos = 0;
        for (int i = 0; i < settings.warmUps(); i++) {
            long startNanos = System.nanoTime();
            trace.run(1, inputs, outputs);
            lastNanos = System.nanoTime() - startNanos;
        }
        int runs = settings.runsWithin(limitNanos, lastNanos);
        for (int i = 0; i < runs; i++) {
            trace.run(1, inputs, outputs);
            progress.report(what, i + 1, runs);
        }
    }

    private static List<Long> timed(List<Long> micros, ProfileSettings settings) {
        return micros.subList(Math.min(settings.warmUps(), micros.size()), micros.size());
    }

    /**
     * The mean of the middle half. As robust as the median, but finer: the trace has whole microseconds, and many layers
     * take fewer than ten.
     */
    static double typical(List<Long> micros) {
        long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
        int quarter = sorted.length / 4;
        return Arrays.stream(sorted, quarter, sorted.length - quarter).average().orElse(0);
    }
}
