package io.ppipe.profile;

import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Provenance;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is known of a model before it is profiled, and who is told of what gets known.
 *
 * @param merged a finished profile to add to: its blocks, and its tables of classes that are not measured now, stay
 * @param parts what a profiler that was stopped had measured: taken over where it would be measured the same way again
 * @param finished gets what was measured so far after every finished latency table, without the tables of {@code merged}
 */
public record Earlier(Optional<ModelProfile> merged, Optional<ModelProfile> parts, Consumer<ModelProfile> finished) {
    /** Nothing, and nobody. */
    public static final Earlier NOTHING = new Earlier(Optional.empty(), Optional.empty(), profile -> {});

    /**
     * Returns a profile whose blocks are to be kept.
     *
     * @throws BadInputException when the profile to merge into is of another file, or counts its boundaries otherwise
     */
    Optional<ModelProfile> cut(ModelGraph graph, BoundaryType boundary, ProfileSettings settings) {
        merged.ifPresent(profile -> checkSame(profile, graph, boundary));
        if (merged.isPresent()) {
            return merged;
        }
        return parts.filter(profile -> same(profile, graph, boundary))
                .filter(profile -> Prepartition.made(profile.blockCount(), profile.note(), settings.blocks()));
    }

    private static boolean same(ModelProfile profile, ModelGraph graph, BoundaryType boundary) {
        return profile.modelSha256().equals(graph.sha256()) && profile.boundary() == boundary;
    }

    private static void checkSame(ModelProfile profile, ModelGraph graph, BoundaryType boundary) {
        if (!same(profile, graph, boundary)) {
            throw new BadInputException(
                    "Model %s: the profile to merge into is of another file (sha256 %.12s… with boundary %s; %s has %.12s… with %s). Profile it without --merge, or merge into another file."
                            .formatted(
                                    profile.model(),
                                    profile.modelSha256(),
                                    profile.boundary(),
                                    graph.file(),
                                    graph.sha256(),
                                    boundary));
        }
    }

    /**
     * Returns a finished table of the same blocks that was measured on the same device, by the same runtime, at the same
     * batch sizes.
     */
    Optional<LatencyTable> measured(
            ModelProfile now, String device, String runtime, List<Integer> batchSizes, boolean everyRun) {
        return parts.stream()
                .filter(profile -> profile.modelSha256().equals(now.modelSha256())
                        && profile.boundary() == now.boundary()
                        && profile.blocks().equals(now.blocks()))
                .flatMap(profile -> profile.latencies().stream())
                .filter(table -> table.provenance().kind() == Provenance.Kind.MEASURED)
                .filter(table -> table.provenance().device().equals(device)
                        && table.provenance().runtime().equals(runtime)
                        && table.batchSizes().equals(batchSizes))
                .filter(table -> table.runs().size() == runs(table.blockMicros().size(), everyRun))
                .findFirst();
    }

    private static int runs(int blocks, boolean everyRun) {
        return everyRun ? blocks * (blocks - 1) / 2 : Math.min(blocks - 1, 1);
    }
}
