package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.execute.StageSession;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Analyses mutants, cuts those that are accepted in the middle and loads the stages. Prints the seed before each and what
 * became of all, so that whoever started the process knows which one ended it.
 */
final class MutantsRun {
    private MutantsRun() {}

    /** Arguments: folder, first seed, how many. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        long first = Long.parseLong(args[1]);
        int refused = 0;
        int accepted = 0;
        for (long seed = first; seed < first + Long.parseLong(args[2]); seed++) {
            System.out.println("seed " + seed);
            ModelProto original = FeatureGraphs.random(seed % 20).build();
            Path file = folder.resolve("mutant.onnx");
            Files.write(file, Mutants.of(original, seed));
            try {
                open(ModelGraph.read(file), folder);
                accepted++;
            } catch (BadInputException e) {
                refused++;
            }
        }
        System.out.printf("done %d %d%n", refused, accepted);
    }

    private static void open(ModelGraph graph, Path folder) throws Exception {
        LayerCost.of(graph, 1);
        CutModel cut = Runs.everyCut(graph, BoundaryType.UNCHANGED);
        int blocks = cut.blocks().size();
        int middle = Math.max(1, blocks / 2);
        var settings = new SessionSettings(1, Optimisation.ALL);
        for (int[] stage : new int[][] {{0, middle}, {middle, blocks}}) {
            if (stage[0] < stage[1]) {
                var partition = PartitionWriter.write(cut, stage[0], stage[1], "mutant", folder);
                try {
                    StageSession.open(partition, settings).close();
                } finally {
                    Files.delete(partition.onnx());
                }
            }
        }
    }
}
