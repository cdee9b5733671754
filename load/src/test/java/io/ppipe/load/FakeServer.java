package io.ppipe.load;

import com.google.protobuf.UnsafeByteOperations;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelFutureListener;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.protocol.v2.ModelMetadataRequest;
import io.ppipe.protocol.v2.ModelMetadataResponse;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server of one model, {@code doubler}: x FP32[-1,4] to y = 2 x, over REST and gRPC, that does as it is told. */
final class FakeServer implements AutoCloseable {
    /** What to do with one request. */
    sealed interface Act {
        /** Answer rightly after a while. */
        record Answer(long delayMillis) implements Act {}

        record Refuse(HttpStatus http, Status grpc, String cause) implements Act {}

        /** Answer 200 with something that is no answer. */
        record Nonsense() implements Act {}

        /** Break the connection. */
        record Close() implements Act {}

        /** Say nothing, ever. */
        record Ignore() implements Act {}
    }

    static final String METADATA = """
        {"name": "doubler", "inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 4]}],
         "outputs": [{"name": "y", "datatype": "FP32", "shape": [-1, 4]}], "parameters": {"slo_us": "100000"}}\
        """;

    private static final int FLOATS = 4;

    private final IntFunction<Act> script;
    private final AtomicInteger requests = new AtomicInteger();
    private final Queue<Long> timeouts = new ConcurrentLinkedQueue<>();
    private final Server server;

    /** @param script what to do with the n-th inference request */
    FakeServer(IntFunction<Act> script) {
        this.script = script;
        var metadata = MediaType.JSON;
        server = Server.builder()
                .http(0)
                .requestTimeoutMillis(0)
                .service("/v2", (context, request) -> HttpResponse.of(metadata, "{\"name\": \"fake\"}"))
                .service("/v2/models/doubler", (context, request) -> HttpResponse.of(metadata, METADATA))
                .service("/v2/models/doubler/infer", this::infer)
                .service(GrpcService.builder().addService(new Grpc()).build())
                .build();
        server.start().join();
    }

    URI rest() {
        return URI.create("http://127.0.0.1:" + server.activeLocalPort());
    }

    URI grpc() {
        return URI.create("grpc://127.0.0.1:" + server.activeLocalPort());
    }

    int requests() {
        return requests.get();
    }

    /** Returns the timeout parameters received, in microseconds. */
    List<Long> timeouts() {
        return List.copyOf(timeouts);
    }

    private HttpResponse infer(ServiceRequestContext context, HttpRequest request) {
        return HttpResponse.of(request.aggregate().thenCompose(whole -> switch (nextAct()) {
            case Act.Answer(long delay) -> {
                HttpResponse response = doubled(
                        whole.content().array(),
                        Objects.requireNonNull(whole.headers().getInt(RestWire.JSON_LENGTH)));
                yield after(delay).thenApply(ignored -> response);
            }
            case Act.Refuse(HttpStatus http, Status grpc, String cause) ->
                CompletableFuture.completedFuture(HttpResponse.of(
                        ResponseHeaders.builder(http)
                                .contentType(MediaType.JSON)
                                .add("ppipe-cause", cause)
                                .build(),
                        HttpData.ofUtf8("{\"error\": \"refused: %s\"}", cause)));
            case Act.Nonsense() -> CompletableFuture.completedFuture(HttpResponse.of("fine"));
            case Act.Close() -> {
                close(context);
                yield new CompletableFuture<>();
            }
            case Act.Ignore() -> new CompletableFuture<>();
        }));
    }

    private Act nextAct() {
        return script.apply(requests.getAndIncrement());
    }

    private static CompletableFuture<Void> after(long millis) {
        return CompletableFuture.runAsync(
                () -> {},
                millis == 0 ? Runnable::run : CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
    }

    private static void close(ServiceRequestContext context) {
        // From the handler nearest to the socket: HTTP/2's own would say goodbye first and wait.
        Objects.requireNonNull(context.log().partial().channel())
                .pipeline()
                .firstContext()
                .close()
                .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    private HttpResponse doubled(byte[] body, int jsonBytes) {
        JsonNode json = JsonMapper.shared().readTree(body, 0, jsonBytes);
        JsonNode timeout = json.path("parameters").path("timeout");
        if (timeout.isNumber()) {
            timeouts.add(timeout.asLong());
        }
        byte[] head = """
            {"model_name": "doubler", "outputs": [
              {"name": "y", "datatype": "FP32", "shape": [1, 4], "parameters": {"binary_data_size": 16}}]}\
            """.getBytes(StandardCharsets.UTF_8);
        ByteBuffer answer =
                ByteBuffer.allocate(head.length + FLOATS * Float.BYTES).put(head);
        answer.put(doubled(ByteBuffer.wrap(body, jsonBytes, body.length - jsonBytes)));
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.OCTET_STREAM)
                        .add(RestWire.JSON_LENGTH, Integer.toString(head.length))
                        .build(),
                HttpData.wrap(answer.array()));
    }

    private static ByteBuffer doubled(ByteBuffer x) {
        ByteBuffer from = x.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer y = ByteBuffer.allocate(FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, FLOATS).forEach(i -> y.putFloat(2 * from.getFloat()));
        return y.flip();
    }

    private final class Grpc extends GRPCInferenceServiceImplBase {
        @Override
        public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
            if (!request.getName().equals("doubler")) {
                observer.onError(
                        Status.NOT_FOUND.withDescription("no such model").asRuntimeException());
                return;
            }
            observer.onNext(ModelMetadataResponse.newBuilder()
                    .setName("doubler")
                    .addInputs(ModelMetadataResponse.TensorMetadata.newBuilder()
                            .setName("x")
                            .setDatatype("FP32")
                            .addShape(-1)
                            .addShape(FLOATS))
                    .build());
            observer.onCompleted();
        }

        @Override
        public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
            if (request.containsParameters("timeout")) {
                timeouts.add(request.getParametersOrThrow("timeout").getInt64Param());
            }
            switch (nextAct()) {
                case Act.Answer(long delay) -> {
                    CompletableFuture<?> ignored = after(delay).thenRun(() -> answer(request, observer));
                }
                case Act.Refuse(HttpStatus http, Status grpc, String cause) -> {
                    var trailers = new Metadata();
                    trailers.put(Metadata.Key.of("ppipe-cause", Metadata.ASCII_STRING_MARSHALLER), cause);
                    observer.onError(grpc.withDescription("refused: " + cause).asRuntimeException(trailers));
                }
                case Act.Nonsense() -> {
                    observer.onNext(ModelInferResponse.getDefaultInstance());
                    observer.onCompleted();
                }
                case Act.Close() -> FakeServer.close(ServiceRequestContext.current());
                case Act.Ignore() -> {}
            }
        }

        private static void answer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
            ByteBuffer y = doubled(request.getRawInputContents(0).asReadOnlyByteBuffer());
            observer.onNext(ModelInferResponse.newBuilder()
                    .addOutputs(ModelInferResponse.InferOutputTensor.newBuilder()
                            .setName("y")
                            .setDatatype("FP32")
                            .addShape(1)
                            .addShape(FLOATS))
                    .addRawOutputContents(UnsafeByteOperations.unsafeWrap(y))
                    .build());
            observer.onCompleted();
        }
    }

    @Override
    public void close() {
        CompletableFuture<?> ignored = server.closeAsync(); // waiting would take 2 s
    }
}
