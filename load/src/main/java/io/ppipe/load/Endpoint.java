package io.ppipe.load;

import com.linecorp.armeria.client.ClientFactory;
import io.ppipe.model.TensorSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** A server that speaks the Open Inference Protocol, seen by a client of one model. */
sealed interface Endpoint extends AutoCloseable permits RestEndpoint, GrpcEndpoint {
    /**
     * What the server says about the model.
     *
     * @param inputs of one request: a dimension that the server leaves open (−1) is 1
     * @param sloMicros empty when it says nothing
     */
    record Metadata(List<TensorSpec> inputs, OptionalLong sloMicros) {}

    /** Requests ready to be sent again and again. */
    @FunctionalInterface
    interface Requests {
        /** Sends one payload; never blocks and never throws for what the network does. */
        void send(int payloadIndex, Receiver receiver);
    }

    /** Called exactly once for each request sent. */
    @FunctionalInterface
    interface Receiver {
        /** @param nowNanos when the last byte of the answer, or the error, came */
        void ended(long nowNanos, Reply reply);
    }

    /** Largest answer that is read. */
    long ANSWER_BYTES_MAX = 1L << 30;

    /** Time to get a connection. */
    Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    /** Time to get the metadata. */
    Duration METADATA_LIMIT = Duration.ofSeconds(10);

    /**
     * Asks for the model's metadata.
     *
     * @throws io.ppipe.model.BadInputException if nobody listens there, the server speaks another protocol, or it does
     *     not know the model
     */
    Metadata metadata();

    /**
     * Encodes the payloads.
     *
     * @param timeoutMicros to tell the server with each request; empty = none
     * @param answerLimit after which a request that was sent ends as {@code no_answer}
     */
    Requests requests(List<Payload> payloads, OptionalLong timeoutMicros, Duration answerLimit);

    @Override
    void close();

    static Endpoint of(LoadSettings settings) {
        return settings.target().getScheme().toLowerCase(Locale.ROOT).equals("grpc")
                ? new GrpcEndpoint(settings.target(), settings.model())
                : new RestEndpoint(settings.target(), settings.model());
    }

    /** Returns the connections of one run: two for HTTP/2, as many as there are requests in flight for HTTP/1.1. */
    static ClientFactory connections() {
        return ClientFactory.builder()
                .workerGroup(2)
                .maxNumEventLoopsPerEndpoint(2)
                .maxNumEventLoopsPerHttp1Endpoint(2)
                .connectTimeout(CONNECT_LIMIT)
                .idleTimeout(Duration.ofMinutes(10))
                // With the defaults (64 KiB windows) big tensors wait for one window update after the other.
                .http2InitialConnectionWindowSize(1 << 28)
                .http2InitialStreamWindowSize(1 << 24)
                .http2MaxFrameSize(1 << 18)
                .build();
    }
}
