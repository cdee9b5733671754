package io.ppipe.serve.front;

import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.front.SharedMemory.Place;
import java.util.Map;

/**
 * A REST request as read from its body.
 *
 * @param binaryByDefault whether outputs for which nothing is said are sent as bytes after the JSON part
 * @param binaryByOutput what is said for single outputs
 * @param placeByOutput where in shared memory outputs are to be put
 */
record InferRequest(
        Call call, boolean binaryByDefault, Map<String, Boolean> binaryByOutput, Map<String, Place> placeByOutput) {
    /** Returns whether an output is sent as bytes or put into shared memory. */
    boolean asBytes(String output) {
        return placeByOutput.containsKey(output) || binary(output);
    }

    /** Returns whether an output is sent behind the JSON part. */
    boolean binary(String output) {
        return !placeByOutput.containsKey(output) && binaryByOutput.getOrDefault(output, binaryByDefault);
    }
}
