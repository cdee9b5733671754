package io.ppipe.load;

import java.nio.ByteBuffer;
import java.util.Map;

/** Told every successful answer, to check it for example. */
@FunctionalInterface
public interface AnswerListener {
    /** Listens to nothing. */
    AnswerListener NONE = (payloadIndex, outputs) -> {};

    /**
     * Called on a network thread, several at once, after the latency was taken. Slow work here delays the answers that
     * come after: copy what is needed and return. The buffers are little-endian, read-only and stay valid.
     *
     * @param payloadIndex of the payload that was answered
     * @param outputs data of each output by name, in the server's order
     */
    void answered(int payloadIndex, Map<String, ByteBuffer> outputs);
}
