package io.ppipe.model;

/** How the GPUs of a class can be split into vGPUs. */
public enum Sharing {
    /** vGPUs of different sizes may stand on one GPU, as long as their shares sum to at most 1. */
    MPS,
    /** All vGPUs of one GPU have the same size. */
    MIG
}
