package io.ppipe.serve.front;

import io.ppipe.serve.InferenceService.Call;
import java.util.Map;

/**
 * A REST request as read from its body.
 *
 * @param binaryByDefault whether outputs for which nothing is said are sent as bytes after the JSON part
 * @param binaryByOutput what is said for single outputs
 */
record InferRequest(Call call, boolean binaryByDefault, Map<String, Boolean> binaryByOutput) {
    boolean binary(String output) {
        return binaryByOutput.getOrDefault(output, binaryByDefault);
    }
}
