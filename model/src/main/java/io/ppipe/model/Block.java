package io.ppipe.model;

/**
 * Consecutive layers that the planner treats as one.
 *
 * @param firstLayer name of its first layer, for people
 * @param lastLayer name of its last layer, for people
 * @param layers how many layers it has; at least 1
 * @param weightBytes size of the weights that a stage holding this block needs
 * @param activationBytes peak size of the tensors that are alive at once while the block runs, per request; 0 when unknown
 */
public record Block(String firstLayer, String lastLayer, int layers, long weightBytes, long activationBytes) {
    public Block {
        Checks.atLeast("Block " + firstLayer + ": layers", layers, 1);
        Checks.atLeast("Block " + firstLayer + ": weight_bytes", weightBytes, 0);
        Checks.atLeast("Block " + firstLayer + ": activation_bytes", activationBytes, 0);
    }
}
