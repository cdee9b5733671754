package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What keeps a front end from harm.
 *
 * @param tls without it, everything is readable on the way
 * @param tokens without them, everybody may do everything
 * @param mostPerClient most inference requests that one client may have under way; a client is a token's holder, or an address
 *     where there are no tokens. A stream counts as one
 * @param management where the calls that change the server come in
 */
public record Guards(Optional<Tls> tls, Optional<Tokens> tokens, OptionalInt mostPerClient, Management management) {
    /** Everybody may do everything by the one port: for tests, and for programs that keep the port to themselves. */
    public static final Guards OPEN =
            new Guards(Optional.empty(), Optional.empty(), OptionalInt.empty(), new Management.Public());

    public Guards {
        if (mostPerClient.isPresent() && mostPerClient.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "Requests of one client (%d) must be at least 1.".formatted(mostPerClient.getAsInt()));
        }
    }

    /** Where calls that load and unload models and register shared memory come in. */
    public sealed interface Management {
        /** Nowhere: they are refused. */
        record Off() implements Management {}

        /** By the port that inference comes by. */
        record Public() implements Management {}

        /**
         * By a port of their own, which answers everything else too.
         *
         * @param port 0 = any free one
         */
        record OwnPort(String host, int port) implements Management {}
    }

    /**
     * Certificates, as PEM files.
     *
     * @param certificates the server's, then those that signed it
     * @param key its private key, PKCS #8 and not encrypted
     * @param clients whoever connects must have a certificate that one of these signed; empty = anybody may connect
     */
    public record Tls(Path certificates, Path key, Optional<Path> clients) {
        /** @throws BadInputException when a file can't be read */
        public Tls {
            require(certificates);
            require(key);
            clients.ifPresent(Tls::require);
        }

        private static void require(Path file) {
            if (!Files.isReadable(file)) {
                throw new BadInputException(
                        "%s: there is no such file that can be read; a PEM file is needed.".formatted(file));
            }
        }
    }
}
