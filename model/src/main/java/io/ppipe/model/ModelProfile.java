package io.ppipe.model;

import java.util.List;
import java.util.Optional;

/**
 * One model as the planner and the scheduler see it: its blocks, its cuts and how long each block takes where.
 *
 * @param modelSha256 hash of the ONNX file it was made from, hexadecimal; "" for imported profiles
 * @param boundary how boundary tensors travel; already counted in the cuts' bytes
 * @param inputs the model's inputs; empty for imported profiles
 * @param outputs the model's outputs; empty for imported profiles
 * @param cuts one between each two neighbouring blocks: cut i stands after block i
 * @param note why the blocks are as they are, where that needs saying (e.g. a model without a valid cut); may be ""
 */
public record ModelProfile(
        String model,
        String modelSha256,
        BoundaryType boundary,
        List<TensorSpec> inputs,
        List<TensorSpec> outputs,
        List<Block> blocks,
        List<Cut> cuts,
        List<LatencyTable> latencies,
        String note) {
    public ModelProfile {
        Checks.named("A model profile", model);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        blocks = List.copyOf(blocks);
        cuts = List.copyOf(cuts);
        latencies = List.copyOf(latencies);
        Checks.atLeast("Profile of " + model + ": number of blocks", blocks.size(), 1);
        if (cuts.size() != blocks.size() - 1) {
            throw new IllegalArgumentException("Profile of %s: %d blocks need %d cuts, not %d."
                    .formatted(model, blocks.size(), blocks.size() - 1, cuts.size()));
        }
        for (int i = 0; i < latencies.size(); i++) {
            LatencyTable table = latencies.get(i);
            if (table.blockMicros().size() != blocks.size()) {
                throw new IllegalArgumentException("Profile of %s: the latency table of %s has %d blocks, the model %d."
                        .formatted(model, table.gpuClass(), table.blockMicros().size(), blocks.size()));
            }
            for (LatencyTable other : latencies.subList(0, i)) {
                if (other.gpuClass().equals(table.gpuClass()) && other.sharesPerGpu() == table.sharesPerGpu()) {
                    throw new IllegalArgumentException(
                            "Profile of %s: the latency table of %s with %d shares is there twice."
                                    .formatted(model, table.gpuClass(), table.sharesPerGpu()));
                }
            }
        }
    }

    /** Returns the latencies on one of {@code sharesPerGpu} shares of a class, if they are known. */
    public Optional<LatencyTable> latencies(String gpuClass, int sharesPerGpu) {
        return latencies.stream()
                .filter(t -> t.gpuClass().equals(gpuClass) && t.sharesPerGpu() == sharesPerGpu)
                .findFirst();
    }

    /** Returns how many blocks the model has. */
    public int blockCount() {
        return blocks.size();
    }

    /**
     * Returns how much GPU memory the blocks {@code [firstBlock, endBlock)} need as one stage: the weights of all, and the
     * activations of the block that needs most, at a batch size. At most {@link Long#MAX_VALUE}.
     */
    public long memoryBytes(int firstBlock, int endBlock, int batchSize) {
        long weights = 0;
        long activations = 0;
        for (Block block : blocks.subList(firstBlock, endBlock)) {
            weights = saturatedSum(weights, block.weightBytes());
            activations = Math.max(activations, block.activationBytes());
        }
        boolean fits = activations <= Long.MAX_VALUE / Math.max(1, batchSize);
        return fits ? saturatedSum(weights, batchSize * activations) : Long.MAX_VALUE;
    }

    private static long saturatedSum(long a, long b) {
        return a <= Long.MAX_VALUE - b ? a + b : Long.MAX_VALUE;
    }

    /** Returns the same model with other latency tables. */
    public ModelProfile withLatencies(List<LatencyTable> replaced) {
        return new ModelProfile(model, modelSha256, boundary, inputs, outputs, blocks, cuts, replaced, note);
    }
}
