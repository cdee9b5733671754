package io.ppipe.profile;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cut;
import io.ppipe.model.ModelProfile;
import java.util.ArrayList;
import java.util.List;

/** A model with its blocks: all that is needed to write any run of them as a file of its own. */
public final class CutModel {
    private final ModelGraph graph;
    private final BoundaryType boundary;
    private final List<Integer> layersPerBlock;

    /** Block b has the layers [firstLayers[b], firstLayers[b + 1]). */
    private final int[] firstLayers;

    private CutModel(ModelGraph graph, BoundaryType boundary, List<Integer> layersPerBlock) {
        this.graph = graph;
        this.boundary = boundary;
        this.layersPerBlock = List.copyOf(layersPerBlock);
        firstLayers = new int[layersPerBlock.size() + 1];
        for (int block = 0; block < layersPerBlock.size(); block++) {
            firstLayers[block + 1] = firstLayers[block] + layersPerBlock.get(block);
        }
    }

    /**
     * Cuts a model.
     *
     * @param layersPerBlock how many layers each block has, in order
     * @throws IllegalArgumentException when a block is empty or ends where the model can't be cut
     */
    public static CutModel of(ModelGraph graph, BoundaryType boundary, List<Integer> layersPerBlock) {
        if (layersPerBlock.isEmpty()) {
            throw new IllegalArgumentException("%s must have at least one block.".formatted(graph.file()));
        }
        var cut = new CutModel(graph, boundary, layersPerBlock);
        int last = layersPerBlock.size() - 1;
        for (int block = 0; block <= last; block++) {
            int end = cut.firstLayers[block + 1];
            boolean valid = block < last
                    ? graph.hasCutAfter(end - 1)
                    : end == graph.layers().size();
            if (layersPerBlock.get(block) < 1 || !valid) {
                throw new IllegalArgumentException(
                        "Block %d of %s (%d layers of %d) must have a layer and end at a valid cut, the last one at the model's end."
                                .formatted(
                                        block,
                                        graph.file(),
                                        layersPerBlock.get(block),
                                        graph.layers().size()));
            }
        }
        return cut;
    }

    /**
     * Cuts a model as a profile says.
     *
     * @throws BadInputException when the profile was made from another file
     */
    public static CutModel of(ModelGraph graph, ModelProfile profile) {
        if (!profile.modelSha256().equals(graph.sha256())) {
            throw new BadInputException(
                    "%s isn't the file that the profile of %s was made from (SHA-256 %s, not %s). Profile it again."
                            .formatted(graph.file(), profile.model(), graph.sha256(), profile.modelSha256()));
        }
        List<Integer> layersPerBlock =
                profile.blocks().stream().map(Block::layers).toList();
        try {
            return of(graph, profile.boundary(), layersPerBlock);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(
                    "Profile of %s: its blocks don't fit %s: %s Profile it again."
                            .formatted(profile.model(), graph.file(), e.getMessage()),
                    e);
        }
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
        var blocks = new ArrayList<Block>();
        for (int block = 0; block < layersPerBlock.size(); block++) {
            List<Layer> layers = layers(block);
            blocks.add(new Block(
                    layers.getFirst().name(),
                    layers.getLast().name(),
                    layers.size(),
                    graph.weightBytes(firstLayers[block], firstLayers[block + 1]),
                    graph.activationBytes(firstLayers[block], firstLayers[block + 1])));
        }
        return blocks;
    }

    /** Returns the cuts between them, as a profile holds them. */
    public List<Cut> cuts() {
        var cuts = new ArrayList<Cut>();
        for (int block = 1; block < layersPerBlock.size(); block++) {
            cuts.add(graph.cutPoint(firstLayers[block] - 1, boundary).cut());
        }
        return cuts;
    }

    /** Returns the layers of one block. */
    public List<Layer> layers(int block) {
        return graph.layers().subList(firstLayers[block], firstLayers[block + 1]);
    }

    /** Returns the first layer of a block; the number of layers for the block after the last one. */
    int firstLayer(int block) {
        return firstLayers[block];
    }
}
