package io.ppipe.zoo;

/** What the weights of a generated model are. */
public enum Weights {
    /** Drawn from a seed, such that activations keep their size from layer to layer. */
    SEEDED,

    /**
     * The same value throughout a tensor, made by ConstantOfShape when the model is loaded: files of some hundred kB that
     * have every shape and cost of the model, for planning and estimating. Answers say nothing.
     */
    EVEN
}
