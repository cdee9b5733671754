package io.ppipe.load;

import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

/** How one request that was sent ended, before anyone asked whether it was in time. */
sealed interface Reply {
    /** @param outputs by name, in the server's order */
    record Answered(Map<String, ByteBuffer> outputs) implements Reply {}

    /** The server said at once that it will not run the request. */
    record Rejected(String cause) implements Reply {}

    /** The server began and gave up because the deadline passed. */
    record Expired() implements Reply {}

    /** The connection broke, or could not be made any more, before an answer. */
    record Disconnected() implements Reply {}

    /** @param message one line for a person, "" when there is none */
    record Failed(String cause, String message) implements Reply {
        static final String NO_ANSWER = "no_answer";
        static final String BAD_ANSWER = "bad_answer";

        public Failed {
            message = message.strip().lines().findFirst().orElse("");
        }
    }

    /** Returns what an exception of the HTTP client, instead of an answer, means. */
    static Reply ofBroken(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case ResponseTimeoutException timeout -> {
                    return new Failed(Failed.NO_ANSWER, "");
                }
                case ClosedSessionException closed -> {
                    return new Disconnected();
                }
                case ClosedStreamException closed -> {
                    return new Disconnected();
                }
                case UnprocessedRequestException unprocessed -> {
                    return new Disconnected();
                }
                case IOException io -> {
                    return new Disconnected();
                }
                default -> {} // look deeper
            }
        }
        return new Failed(
                "client_" + thrown.getClass().getSimpleName(), Objects.requireNonNullElse(thrown.getMessage(), ""));
    }
}
