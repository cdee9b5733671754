package io.ppipe.model;

/** How float32 boundary tensors travel between stages. */
public enum BoundaryType {
    /** As they are: stages in sequence give the whole model's bits. */
    UNCHANGED,
    /** Converted to float16 by the sender and back by the receiver: half the bytes, rounded values. */
    FLOAT16
}
