package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** Reads the metrics of a running server. */
final class ServerMetrics implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final URI target;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();

    /** @throws BadInputException when the URL is none that can be read */
    ServerMetrics(String url) {
        String whole = url.contains("://") ? url : "http://" + url;
        try {
            target = URI.create(whole);
        } catch (IllegalArgumentException e) {
            throw new BadInputException("%s is no URL. Maybe http://127.0.0.1:8000.".formatted(url), e);
        }
        String scheme = String.valueOf(target.getScheme());
        if (!(scheme.equals("http") || scheme.equals("https")) || target.getHost() == null) {
            throw new BadInputException(
                    "%s: metrics are read over HTTP, from the port of REST and gRPC. Maybe http://127.0.0.1:8000."
                            .formatted(url));
        }
    }

    String target() {
        return target.toString();
    }

    /** @throws BadInputException when there is no ppipe server, or it gives no answer */
    Scrape read() throws InterruptedException {
        HttpResponse<String> answer;
        try {
            answer = client.send(
                    HttpRequest.newBuilder(target.resolve("/metrics"))
                            .timeout(LIMIT)
                            .build(),
                    BodyHandlers.ofString());
        } catch (ConnectException e) {
            throw new BadInputException(
                    "%s: no connection; nothing listens there, or its host is not known. Is the server started, on this port?"
                            .formatted(target),
                    e);
        } catch (HttpTimeoutException e) {
            throw new BadInputException("%s: no answer within %d s.".formatted(target, LIMIT.toSeconds()), e);
        } catch (IOException e) {
            throw new BadInputException(
                    "%s: not an HTTP server, or it ended (%s)."
                            .formatted(target, e.getClass().getSimpleName()),
                    e);
        }
        if (answer.statusCode() != 200 || !answer.body().contains("ppipe_build_info")) {
            throw new BadInputException(
                    "%s is not a ppipe server: GET /metrics answers with status %d and no ppipe_build_info."
                            .formatted(target, answer.statusCode()));
        }
        return Scrape.of(answer.body(), System.nanoTime());
    }

    @Override
    public void close() {
        client.close();
    }
}
