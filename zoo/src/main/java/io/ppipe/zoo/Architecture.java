package io.ppipe.zoo;

/** Adds the layers of a network. */
@FunctionalInterface
interface Architecture {
    /** Begins with the input and ends with the outputs. */
    void build(Network net);
}
