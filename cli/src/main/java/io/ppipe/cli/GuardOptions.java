package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import io.ppipe.serve.front.Guards;
import io.ppipe.serve.front.Guards.Management;
import io.ppipe.serve.front.Guards.Tls;
import io.ppipe.serve.front.Tokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say who may connect to a server, and what they may do. */
final class GuardOptions {
    private static final String SAME = "same";

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Serve over TLS with these certificates (PEM): the server's, then those that signed it.")
    private @Nullable Path certificates;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The private key of --tls-cert (PEM, PKCS #8, not encrypted).")
    private @Nullable Path key;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            description = "Mutual TLS: clients need a certificate that one of these (PEM) signed.")
    private @Nullable Path clients;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = {
                "Ask for a bearer token. A line for each: NAME ROLES SHA256, where roles are some of infer, manage and",
                "read with commas between, and SHA256 is that of the token (printf %%s TOKEN | sha256sum)."
            })
    private @Nullable Path tokens;

    @Option(
            names = "--max-per-client",
            paramLabel = "N",
            description =
                    "Most inference requests of one client under way; beyond, 429. A client is a token's holder, or"
                            + " an address without --tokens. No limit by default.")
    private @Nullable Integer mostPerClient;

    @Option(
            names = "--management-port",
            paramLabel = "PORT",
            description = "Take calls that load and unload models and register shared memory by this port; 0 = any free"
                    + " one, 'same' = that of --port. Off by default.")
    private @Nullable String managementPort;

    @Option(
            names = "--management-host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address of --management-port (default: ${DEFAULT-VALUE}).")
    private String managementHost = "127.0.0.1";

    /**
     * Returns what they say.
     *
     * @throws BadInputException when they don't fit together, or a file is wrong
     */
    Guards guards() {
        if (mostPerClient != null && mostPerClient < 1) {
            throw new BadInputException("--max-per-client (%d) must be at least 1.".formatted(mostPerClient));
        }
        return new Guards(
                tls(),
                tokens == null ? Optional.empty() : Optional.of(Tokens.read(tokens)),
                mostPerClient == null ? OptionalInt.empty() : OptionalInt.of(mostPerClient),
                management());
    }

    private Optional<Tls> tls() {
        if (certificates == null && key == null) {
            if (clients != null) {
                throw new BadInputException("--tls-client-ca is for TLS; give --tls-cert and --tls-key too.");
            }
            return Optional.empty();
        }
        if (certificates == null || key == null) {
            throw new BadInputException("--tls-cert and --tls-key belong together; %s is missing."
                    .formatted(key == null ? "--tls-key" : "--tls-cert"));
        }
        return Optional.of(new Tls(certificates, key, Optional.ofNullable(clients)));
    }

    private Management management() {
        if (managementPort == null) {
            return new Management.Off();
        }
        if (managementPort.equals(SAME)) {
            return new Management.Public();
        }
        try {
            int port = Integer.parseInt(managementPort);
            if (port >= 0 && port <= 65_535) {
                return new Management.OwnPort(managementHost, port);
            }
        } catch (NumberFormatException e) {
            // said below, with all else that it may be
        }
        throw new BadInputException(
                "--management-port (%s) must be between 0 and 65535, or 'same'.".formatted(managementPort));
    }

    boolean encrypted() {
        return certificates != null;
    }

    String managementHost() {
        return managementHost;
    }

    /** Returns what is on, as the server says it when it starts; no secret is in it. */
    @Override
    public String toString() {
        var on = new ArrayList<String>();
        on.add("tls=" + (certificates == null ? "off" : clients == null ? "on" : "mutual"));
        on.add("tokens=" + (tokens == null ? "off" : tokens));
        on.add("max_per_client=" + (mostPerClient == null ? "none" : mostPerClient));
        on.add("management="
                + (managementPort == null
                        ? "off"
                        : managementPort.equals(SAME) ? SAME : managementHost + ":" + managementPort));
        return String.join(" ", on);
    }
}
