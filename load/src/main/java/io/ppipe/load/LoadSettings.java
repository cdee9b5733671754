package io.ppipe.load;

import io.ppipe.model.BadInputException;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * One load run. Values outside their ranges are a {@link BadInputException}, because they come from the command line.
 *
 * @param target {@code http://host:port} for REST with binary tensors, {@code grpc://host:port} for gRPC with raw
 *     contents
 * @param ratePerSecond mean offered rate, above 0
 * @param seconds time in which requests are sent; waiting for the last answers comes on top
 * @param seed of the send times and of random payloads
 * @param sloMicros latency within which an answer counts as in time; empty = what the model's metadata says
 * @param sendTimeout whether each request tells the server the SLO as its {@code timeout} parameter
 * @param maxInFlight most requests that may be outstanding; one that is due beyond that is not sent and counts as
 *     failed, cause {@code client_overload}
 */
public record LoadSettings(
        URI target,
        String model,
        Arrivals arrivals,
        double ratePerSecond,
        double seconds,
        long seed,
        OptionalLong sloMicros,
        boolean sendTimeout,
        int maxInFlight) {
    /** Above this no sender thread keeps its schedule. */
    private static final double RATE_MAX = 1e6;

    private static final double SECONDS_MAX = 86_400;

    /** Send times are computed in advance, 8 bytes each. */
    private static final double REQUESTS_MAX = 2e7;

    public LoadSettings {
        String scheme = Objects.requireNonNullElse(target.getScheme(), "").toLowerCase(Locale.ROOT);
        require(
                (scheme.equals("http") || scheme.equals("grpc")) && target.getHost() != null && target.getPort() > 0,
                "Target %s: expected http://HOST:PORT (REST) or grpc://HOST:PORT (gRPC)".formatted(target));
        require(!model.isBlank(), "Model: a name is missing; try --model NAME");
        require(
                ratePerSecond > 0 && ratePerSecond <= RATE_MAX,
                "Rate %s requests/s: must be above 0 and at most %.0f".formatted(ratePerSecond, RATE_MAX));
        require(
                seconds > 0 && seconds <= SECONDS_MAX,
                "Duration %s s: must be above 0 and at most %.0f s".formatted(seconds, SECONDS_MAX));
        require(
                ratePerSecond * seconds <= REQUESTS_MAX,
                "Rate %s requests/s for %s s: at most %.0f requests per run; lower the rate or the duration"
                        .formatted(ratePerSecond, seconds, REQUESTS_MAX));
        require(
                sloMicros.isEmpty() || sloMicros.getAsLong() >= 1,
                "SLO %s us: must be at least 1 us".formatted(sloMicros.orElse(0)));
        require(maxInFlight >= 1, "Requests in flight %s: must be at least 1".formatted(maxInFlight));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new BadInputException(message + ".");
        }
    }
}
