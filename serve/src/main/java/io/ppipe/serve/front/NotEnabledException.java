package io.ppipe.serve.front;

import io.ppipe.serve.InferenceService.Reply.Refusal;
import io.ppipe.serve.InferenceService.Status;
import java.util.Optional;

/** A client asked for a part of the protocol that the server was started without. */
final class NotEnabledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private NotEnabledException(String message) {
        super(message);
    }

    static NotEnabledException repository() {
        return new NotEnabledException(
                "This server has no model repository; start it with --model-repository DIR to have one.");
    }

    static NotEnabledException sharedMemory() {
        return new NotEnabledException(
                "This server takes no tensors from shared memory; start it with --shared-memory to allow it.");
    }

    Refusal refusal() {
        return new Refusal(Status.NOT_ENABLED, String.valueOf(getMessage()), Optional.empty());
    }
}
