package io.ppipe.model;

/** The type of one tensor element, named as in the Open Inference Protocol. */
public enum ElementType {
    BOOL(1),
    UINT8(1),
    UINT16(2),
    UINT32(4),
    UINT64(8),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    FP16(2),
    BF16(2),
    FP32(4),
    FP64(8),
    /** Strings; their size is not known from the shape. */
    BYTES(0);

    private final int sizeBytes;

    ElementType(int sizeBytes) {
        this.sizeBytes = sizeBytes;
    }

    /** Returns the size of one element in bytes, or 0 for {@link #BYTES}. */
    public int sizeBytes() {
        return sizeBytes;
    }
}
