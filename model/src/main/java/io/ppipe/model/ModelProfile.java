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

    ModelProfile withLatencies(List<LatencyTable> replaced) {
        return new ModelProfile(model, modelSha256, boundary, inputs, outputs, blocks, cuts, replaced, note);
    }
}
