package io.ppipe.serve.front;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.ppipe.model.BadInputException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** The client's own limit for a request, in microseconds from now on. */
final class Timeout {
    private static final Pattern GRPC_TIMEOUT = Pattern.compile("(\\d{1,8})([HMSmun])");

    private Timeout() {}

    /**
     * Reads the request parameter {@code timeout}.
     *
     * @param micros 0 = no limit, as in the protocol
     */
    static OptionalLong ofParameter(long micros) {
        if (micros < 0) {
            throw new BadInputException(
                    "Parameter timeout is %d; it counts microseconds and must be 0 (no limit) or more."
                            .formatted(micros));
        }
        return micros == 0 ? OptionalLong.empty() : OptionalLong.of(micros);
    }

    /** Returns what is left until the deadline that came with a gRPC call; at least 1. */
    static OptionalLong ofGrpc(ServiceRequestContext ctx) {
        String header = ctx.request().headers().get("grpc-timeout");
        if (header == null) {
            return OptionalLong.empty();
        }
        long passedNanos = System.nanoTime() - ctx.log().partial().requestStartTimeNanos();
        return OptionalLong.of(Math.max(1, ofGrpcHeader(header) - TimeUnit.NANOSECONDS.toMicros(passedNanos)));
    }

    static long ofGrpcHeader(String header) {
        Matcher parts = GRPC_TIMEOUT.matcher(header);
        if (!parts.matches()) {
            throw new BadInputException(
                    "Header grpc-timeout is %s; expected up to 8 digits and one of H, M, S, m, u, n."
                            .formatted(RequestCheck.quoted(header)));
        }
        TimeUnit unit = switch (parts.group(2)) {
            case "H" -> TimeUnit.HOURS;
            case "M" -> TimeUnit.MINUTES;
            case "S" -> TimeUnit.SECONDS;
            case "m" -> TimeUnit.MILLISECONDS;
            case "u" -> TimeUnit.MICROSECONDS;
            default -> TimeUnit.NANOSECONDS;
        };
        return unit.toMicros(Long.parseLong(parts.group(1)));
    }

    static OptionalLong tighter(OptionalLong one, OptionalLong other) {
        return LongStream.concat(one.stream(), other.stream()).min();
    }
}
