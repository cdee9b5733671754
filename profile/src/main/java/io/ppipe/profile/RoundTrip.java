package io.ppipe.profile;

import io.ppipe.execute.ExecutionException;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.StageSession;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.IntStream;

/**
 * Runs a model whole, from its own file, and then in stages, at batch 1 on made-up inputs, and compares its
 * outputs. One session is open at a time, so it needs as much memory as the model does, and its activations.
 */
public final class RoundTrip {
    private final String model;
    private final ModelGraph graph;
    private final SessionSettings session;
    private final Path directory;
    private final List<ByteBuffer> whole;

    private RoundTrip(String model, ModelGraph graph, SessionSettings session, Path directory, List<ByteBuffer> whole) {
        this.model = model;
        this.graph = graph;
        this.session = session;
        this.directory = directory;
        this.whole = whole;
    }

    /**
     * Runs the whole model.
     *
     * @param directory where stages are written
     * @throws BadInputException when it can't be run
     */
    public static RoundTrip of(String model, ModelGraph graph, SessionSettings session, Path directory) {
        var file = new Partition(model, 0, 1, graph.file(), graph.inputs(), graph.outputs());
        return new RoundTrip(model, graph, session, directory, outputs(model, graph, session, List.of(file)));
    }

    /**
     * Cuts the model, runs its stages one after the other, and returns the names of the outputs of which any bit differs from
     * the whole model's.
     *
     * @param afterLayers the cuts, each one of {@link ModelGraph#cutPoints}
     * @throws BadInputException when a stage can't be run
     */
    public List<String> differing(SortedSet<Integer> afterLayers) {
        var layersPerBlock = new ArrayList<Integer>();
        int first = 0;
        for (int after : afterLayers) {
            layersPerBlock.add(after + 1 - first);
            first = after + 1;
        }
        layersPerBlock.add(graph.layers().size() - first);
        CutModel cut = CutModel.of(graph, BoundaryType.UNCHANGED, layersPerBlock);
        List<Partition> stages = IntStream.range(0, layersPerBlock.size())
                .mapToObj(block -> PartitionWriter.write(cut, block, block + 1, model, directory))
                .toList();
        List<ByteBuffer> inStages = outputs(model, graph, session, stages);
        return IntStream.range(0, whole.size())
                .filter(i -> !inStages.get(i).equals(whole.get(i)))
                .mapToObj(i -> graph.outputs().get(i).name())
                .toList();
    }

    /**
     * Runs every block as a stage of its own, boundary tensors in the form in which they travel, and returns how far off the
     * outputs are: the largest difference of a float32 output ÷ its largest absolute value; 0 where all bits are the same.
     * Outputs of other types aren't compared.
     *
     * @param cut of the same model
     * @throws BadInputException when a stage can't be run
     */
    public double outputError(CutModel cut) {
        List<Partition> stages = IntStream.range(0, cut.blocks().size())
                .mapToObj(block -> PartitionWriter.write(cut, block, block + 1, model, directory))
                .toList();
        List<ByteBuffer> inStages = outputs(model, graph, session, stages);
        double error = 0;
        for (int i = 0; i < whole.size(); i++) {
            if (graph.outputs().get(i).type() == ElementType.FP32) {
                error = Math.max(
                        error,
                        error(whole.get(i).asFloatBuffer(), inStages.get(i).asFloatBuffer()));
            }
        }
        return error;
    }

    private static double error(FloatBuffer right, FloatBuffer other) {
        double difference = 0;
        double largest = Float.MIN_NORMAL;
        for (int i = 0; i < right.limit(); i++) {
            difference = Math.max(difference, Math.abs((double) right.get(i) - other.get(i)));
            largest = Math.max(largest, Math.abs(right.get(i)));
        }
        return difference / largest;
    }

    private static List<ByteBuffer> outputs(
            String model, ModelGraph graph, SessionSettings session, List<Partition> stages) {
        var tensors = new ProbeTensors(1);
        for (Partition stage : stages) {
            try (var running = StageSession.open(stage, session)) {
                running.run(1, tensors.of(stage.inputs()), tensors.of(stage.outputs()));
            } catch (ExecutionException e) {
                throw new BadInputException("%s: it cannot be run: %s".formatted(model, e.getMessage()), e);
            }
        }
        return tensors.of(graph.outputs()).stream()
                .map(tensor -> tensor.duplicate().order(tensor.order()).clear())
                .toList();
    }
}
