package io.ppipe.load;

import io.netty.channel.ConnectTimeoutException;
import io.ppipe.model.BadInputException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;

/** Says why a server could not be asked for its metadata. */
final class Unreachable {
    private Unreachable() {}

    static BadInputException of(URI target, Throwable thrown) {
        Throwable last = thrown;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            last = cause;
            if (cause instanceof UnknownHostException) {
                return new BadInputException(
                        "Target %s: host %s is not known.".formatted(target, target.getHost()), thrown);
            }
            if (cause instanceof ConnectTimeoutException) {
                return new BadInputException(
                        "Target %s: no connection within %d s. Is the host up, and no firewall in between?"
                                .formatted(target, Endpoint.CONNECT_LIMIT.toSeconds()),
                        thrown);
            }
            if (cause instanceof ConnectException) {
                return new BadInputException(
                        "Target %s: connection refused; nothing listens there. Is the server started, on this port?"
                                .formatted(target),
                        thrown);
            }
        }
        return new BadInputException(
                "Target %s: not an Open Inference Protocol v2 server, or it broke: no answer about the model (%s)."
                        .formatted(target, last.getClass().getSimpleName()),
                thrown);
    }
}
