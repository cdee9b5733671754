package io.ppipe.profile;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cut;
import io.ppipe.model.ModelProfile;
import java.util.List;

/** A model with its blocks: all that is needed to write any run of them as a file of its own. */
public final class CutModel {
    private final ModelGraph graph;
    private final BoundaryType boundary;

    private CutModel(ModelGraph graph, BoundaryType boundary) {
        this.graph = graph;
        this.boundary = boundary;
    }

    /**
     * Cuts a model.
     *
     * @param layersPerBlock how many layers each block has, in order
     * @throws IllegalArgumentException when a block ends where the model can't be cut
     */
    public static CutModel of(ModelGraph graph, BoundaryType boundary, List<Integer> layersPerBlock) {
        return new CutModel(graph, boundary);
    }

    /**
     * Cuts a model as a profile says.
     *
     * @throws io.ppipe.model.BadInputException when the profile was made from another file
     */
    public static CutModel of(ModelGraph graph, ModelProfile profile) {
        return new CutModel(graph, profile.boundary());
    }

    /** Returns the model that is cut. */
    public ModelGraph graph() {
        return graph;
    }

    /** Returns how boundary tensors travel. */
    public BoundaryType boundary() {
        return boundary;
    }

    /** Returns the blocks, as a profile holds them. */
    public List<Block> blocks() {
        return List.of();
    }

    /** Returns the cuts between them, as a profile holds them. */
    public List<Cut> cuts() {
        return List.of();
    }

    /** Returns the layers of one block. */
    public List<Layer> layers(int block) {
        return graph.layers().subList(block, block);
    }
}
