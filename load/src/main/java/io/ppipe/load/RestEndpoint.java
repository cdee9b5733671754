package io.ppipe.load;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.WebClientBuilder;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import io.ppipe.model.BadInputException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The protocol over REST, with the binary-tensor extension both ways. HTTP/2 without TLS where the server understands
 * it, else HTTP/1.1: the HTTP client finds out when it connects.
 */
final class RestEndpoint implements Endpoint {
    private final URI target;
    private final String model;
    private final String modelPath;
    private final ClientFactory connections = Endpoint.connections();

    RestEndpoint(URI target, String model) {
        this.target = target;
        this.model = model;
        this.modelPath =
                "/v2/models/" + URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private WebClientBuilder client() {
        return WebClient.builder(target).factory(connections).maxResponseLength(ANSWER_BYTES_MAX);
    }

    @Override
    public Metadata metadata() {
        WebClient client = client().responseTimeout(METADATA_LIMIT).build();
        AggregatedHttpResponse response = get(client, modelPath);
        if (response.status().equals(HttpStatus.OK)) {
            return RestWire.metadata(response.content().array())
                    .orElseThrow(() -> new BadInputException(
                            "Target %s: %s answered 200, but not with a model's metadata of the Open Inference Protocol v2."
                                    .formatted(target, modelPath)));
        }
        String said =
                "%s answered %s%s".formatted(modelPath, response.status(), RestWire.suffix(RestWire.message(response)));
        if (speaksProtocol(client)) {
            throw new BadInputException("Target %s: model %s is not served there: %s.".formatted(target, model, said));
        }
        throw new BadInputException("Target %s: not an Open Inference Protocol v2 server: %s.".formatted(target, said));
    }

    private boolean speaksProtocol(WebClient client) {
        AggregatedHttpResponse server = get(client, "/v2");
        return server.status().equals(HttpStatus.OK)
                && RestWire.object(server.content().array())
                        .filter(json -> json.has("name"))
                        .isPresent();
    }

    private AggregatedHttpResponse get(WebClient client, String path) {
        try {
            return client.get(path).aggregate().join();
        } catch (CompletionException e) {
            throw Unreachable.of(target, e);
        }
    }

    @Override
    public Requests requests(List<Payload> payloads, OptionalLong timeoutMicros, Duration answerLimit) {
        WebClient client = client().responseTimeout(answerLimit).build();
        List<RestWire.Body> bodies = payloads.stream()
                .map(payload -> RestWire.body(payload, timeoutMicros))
                .toList();
        List<RequestHeaders> headers = bodies.stream().map(this::headers).toList();
        return (payloadIndex, receiver) -> {
            var request = HttpRequest.of(
                    headers.get(payloadIndex), bodies.get(payloadIndex).data());
            CompletableFuture<?> ignored = client.execute(request).aggregate().handle((response, thrown) -> {
                long nowNanos = System.nanoTime();
                receiver.ended(nowNanos, response == null ? Reply.ofBroken(thrown) : RestWire.reply(response));
                return null;
            });
        };
    }

    private RequestHeaders headers(RestWire.Body body) {
        return RequestHeaders.builder(HttpMethod.POST, modelPath + "/infer")
                .contentType(MediaType.OCTET_STREAM)
                .add(RestWire.JSON_LENGTH, Integer.toString(body.jsonBytes()))
                .contentLength(body.data().length())
                .build();
    }

    @Override
    public void close() {
        // Not waited for: the network threads, daemons, stay around for 2 s.
        CompletableFuture<?> ignored = connections.closeAsync();
    }
}
