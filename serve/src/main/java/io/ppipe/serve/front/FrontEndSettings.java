package io.ppipe.serve.front;

/**
 * Where and how to listen.
 *
 * @param host name or address to bind, e.g. {@code 127.0.0.1} or {@code 0.0.0.0}
 * @param port TCP port; 0 = any free one
 * @param maxRequestBytes largest body of a REST request, and largest message of a gRPC call
 * @param version what the server's metadata gives as its version
 * @param guards what keeps it from harm
 */
public record FrontEndSettings(String host, int port, long maxRequestBytes, String version, Guards guards) {
    /** Everything open. */
    public FrontEndSettings(String host, int port, long maxRequestBytes, String version) {
        this(host, port, maxRequestBytes, version, Guards.OPEN);
    }

    public FrontEndSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port %d is not in 0..65535".formatted(port));
        }
        if (maxRequestBytes < 1) {
            throw new IllegalArgumentException("max_request_bytes %d must be at least 1".formatted(maxRequestBytes));
        }
    }
}
