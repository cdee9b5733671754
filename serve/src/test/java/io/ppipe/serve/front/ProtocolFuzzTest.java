package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.ppipe.protocol.v2.InferParameter;
import io.ppipe.protocol.v2.InferTensorContents;
import io.ppipe.protocol.v2.ModelConfigRequest;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferRequest.InferInputTensor;
import io.ppipe.protocol.v2.ModelInferRequest.InferRequestedOutputTensor;
import io.ppipe.protocol.v2.ModelStatisticsRequest;
import io.ppipe.protocol.v2.RepositoryModelLoadRequest;
import io.ppipe.protocol.v2.SystemSharedMemoryRegisterRequest;
import io.ppipe.protocol.v2.SystemSharedMemoryStatusRequest;
import io.ppipe.serve.Meters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of mutated requests through real sockets: none breaks or stalls the server, all get a documented status. */
@Timeout(120)
class ProtocolFuzzTest {
    private static final int REQUESTS = 1500;
    private static final int AT_ONCE = 16;
    private static final int STREAMS = 60;
    private static final int MESSAGES_PER_STREAM = 5;
    private static final List<Integer> HTTP_STATUSES = List.of(200, 400, 404, 405, 413, 501);
    private static final List<Status.Code> GRPC_STATUSES = List.of(
            Status.Code.OK,
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.UNIMPLEMENTED,
            Status.Code.RESOURCE_EXHAUSTED);

    private static FrontEnd server;
    private static HttpClient http;
    private static ManagedChannel channel;

    /** @param jsonBytes length of the JSON part of the body, if it says so */
    private record Rest(String method, String path, byte[] body, Optional<String> jsonBytes) {
        Rest(String method, String path, String body) {
            this(method, path, body.getBytes(StandardCharsets.UTF_8), Optional.empty());
        }
    }

    private record Grpc(String method, MessageLite message) {}

    @BeforeAll
    static void start() {
        server = FrontEnd.start(
                new DoublingService(),
                new Extensions(Optional.empty(), Optional.of(new SharedMemory())),
                new FrontEndSettings("127.0.0.1", 0, 1 << 20, "0.1.0"),
                new Meters());
        // Over HTTP/2 this client reports a reset, not the answer, where a path is refused before its body has come.
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        http.close();
        server.close();
    }

    @Test
    void answersMutatedRestRequestsWithDocumentedStatuses() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var mutation = new Mutation(random);
        var running = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < REQUESTS; i++) {
            Rest right = REST.get(random.nextInt(REST.size()));
            byte[] body = mutation.of(right.body());
            HttpRequest.Builder request = HttpRequest.newBuilder(uri(mutated(right.path(), random, mutation)))
                    .timeout(Duration.ofSeconds(20))
                    .method(random.nextInt(20) == 0 ? "PUT" : right.method(), BodyPublishers.ofByteArray(body));
            right.jsonBytes()
                    .map(length -> random.nextInt(3) == 0 ? Integer.toString(random.nextInt(-2, 200)) : length)
                    .ifPresent(length -> request.header("Inference-Header-Content-Length", length));
            running.add(http.sendAsync(request.build(), BodyHandlers.ofString()));
            if (running.size() == AT_ONCE || i == REQUESTS - 1) {
                for (CompletableFuture<HttpResponse<String>> one : running) {
                    HttpResponse<String> response = one.get(30, TimeUnit.SECONDS);
                    assertThat(response.statusCode())
                            .as("seed %d, %s: %s", seed, response.request().uri(), response.body())
                            .isIn(HTTP_STATUSES);
                    assertThat(response.body()).doesNotContain("Exception", "io.ppipe", "\tat ");
                }
                running.clear();
            }
        }
        assertHealthy();
    }

    private static String mutated(String path, Random random, Mutation mutation) {
        if (random.nextInt(4) > 0) {
            return path;
        }
        var escaped = new StringBuilder("/");
        for (byte b : mutation.of(path.substring(1)).getBytes(StandardCharsets.ISO_8859_1)) {
            boolean plain = Character.isLetterOrDigit(b) || b == '/' || b == '_' || b == '.';
            escaped.append(plain ? Character.toString(b) : "%%%02x".formatted(b));
        }
        return escaped.toString();
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path));
    }

    private static void assertHealthy() throws Exception {
        assertThat(http.send(HttpRequest.newBuilder(uri("/v2/health/ready")).build(), BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void answersMutatedGrpcMessagesWithDocumentedStatuses() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var mutation = new Mutation(random);
        for (int i = 0; i < REQUESTS; i++) {
            Grpc right = GRPC.get(random.nextInt(GRPC.size()));
            byte[] message = mutation.of(right.message().toByteArray());
            Status status = call(right.method(), message);
            assertThat(status.getCode())
                    .as(
                            "seed %d, %s, message %s: %s",
                            seed, right.method(), HexFormat.of().formatHex(message), status)
                    .isIn(GRPC_STATUSES);
            assertThat(String.valueOf(status.getDescription())).doesNotContain("Exception", "io.ppipe", "\tat ");
        }
        assertHealthy();
    }

    /** Messages of a stream that can be read but are wrong are answered by themselves; one that is none ends the stream. */
    @Test
    void answersMutatedStreamMessages() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var mutation = new Mutation(random);
        for (int stream = 0; stream < STREAMS; stream++) {
            var end = new CompletableFuture<Status>();
            var answers = new AtomicInteger();
            MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.<byte[], byte[]>newBuilder(BYTES, BYTES)
                    .setType(MethodType.BIDI_STREAMING)
                    .setFullMethodName("inference.GRPCInferenceService/ModelStreamInfer")
                    .build();
            StreamObserver<byte[]> requests = ClientCalls.asyncBidiStreamingCall(
                    channel.newCall(descriptor, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS)),
                    new StreamObserver<>() {
                        @Override
                        public void onNext(byte[] answer) {
                            answers.incrementAndGet();
                        }

                        @Override
                        public void onError(Throwable failure) {
                            end.complete(Status.fromThrowable(failure));
                        }

                        @Override
                        public void onCompleted() {
                            end.complete(Status.OK);
                        }
                    });
            for (int i = 0; i < MESSAGES_PER_STREAM; i++) {
                requests.onNext(mutation.of(
                        GRPC.get(random.nextInt(INFER_REQUESTS)).message().toByteArray()));
            }
            requests.onCompleted();
            Status status = end.get(30, TimeUnit.SECONDS);
            assertThat(status.getCode()).as("seed %d: %s", seed, status).isIn(GRPC_STATUSES);
            if (status.isOk()) {
                assertThat(answers).as("seed %d", seed).hasValue(MESSAGES_PER_STREAM);
            }
        }
        assertHealthy();
    }

    private static Status call(String method, byte[] message) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.<byte[], byte[]>newBuilder(BYTES, BYTES)
                .setType(MethodType.UNARY)
                .setFullMethodName("inference.GRPCInferenceService/" + method)
                .build();
        try {
            var _ = ClientCalls.blockingUnaryCall(
                    channel, descriptor, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), message);
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    private static final Marshaller<byte[]> BYTES = new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private static final String INPUT = "\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 3], ";

    private static final List<Rest> REST = List.of(
            new Rest("POST", "/v2/models/double/infer", "{" + INPUT + "\"data\": [1, 2.5, -3]}]}"),
            new Rest(
                    "POST",
                    "/v2/models/double/versions/1/infer",
                    "{\"id\": \"7\", \"parameters\": {\"timeout\": 5000000, \"binary_data_output\": true},"
                            + " \"outputs\": [{\"name\": \"y\", \"parameters\": {\"binary_data\": false}}], " + INPUT
                            + "\"data\": [[1], [2.5, \"NaN\"]]}]}"),
            new Rest(
                    "POST",
                    "/v2/models/echo_bytes/infer",
                    "{\"inputs\": [{\"data\": [\"a\", \"\", \"größe\", \"\\u0041\"], \"shape\": [1, 4],"
                            + " \"datatype\": \"BYTES\", \"name\": \"x\"}]}"),
            new Rest(
                    "POST",
                    "/v2/models/double/infer",
                    ("{" + INPUT + "\"parameters\": {\"binary_data_size\": 12}}]}" + "abcdefghijkl")
                            .getBytes(StandardCharsets.UTF_8),
                    Optional.of(Integer.toString(
                            ("{" + INPUT + "\"parameters\": {\"binary_data_size\": 12}}]}").length()))),
            new Rest(
                    "POST",
                    "/v2/models/double/infer",
                    "{" + INPUT + "\"parameters\": {\"shared_memory_region\": \"r\", \"shared_memory_offset\": 0,"
                            + " \"shared_memory_byte_size\": 12}}]}"),
            new Rest("GET", "/v2", ""),
            new Rest("GET", "/v2/models/double", ""),
            new Rest("GET", "/v2/models/double/config", ""),
            new Rest("GET", "/v2/models/double/versions/1/stats", ""),
            new Rest("GET", "/v2/models/stats", ""),
            new Rest("POST", "/v2/repository/index", "{\"ready\": true}"),
            new Rest("POST", "/v2/repository/models/double/load", "{}"),
            new Rest(
                    "POST",
                    "/v2/systemsharedmemory/region/r/register",
                    "{\"key\": \"/nothing-of-this-name\", \"offset\": 0, \"byte_size\": 64}"),
            new Rest("POST", "/v2/systemsharedmemory/region/r/unregister", ""),
            new Rest("GET", "/v2/systemsharedmemory/status", ""));

    private static final InferInputTensor X = InferInputTensor.newBuilder()
            .setName("x")
            .setDatatype("FP32")
            .addAllShape(List.of(1L, 3L))
            .build();

    /** So many at the beginning of the next are inference requests. */
    private static final int INFER_REQUESTS = 4;

    private static final List<Grpc> GRPC = List.of(
            new Grpc(
                    "ModelInfer",
                    ModelInferRequest.newBuilder()
                            .setModelName("double")
                            .setModelVersion("1")
                            .setId("7")
                            .putParameters(
                                    "timeout",
                                    InferParameter.newBuilder()
                                            .setInt64Param(5_000_000)
                                            .build())
                            .addInputs(X.toBuilder()
                                    .setContents(
                                            InferTensorContents.newBuilder().addAllFp32Contents(List.of(1f, 2f, 3f))))
                            .addOutputs(InferRequestedOutputTensor.newBuilder().setName("y"))
                            .build()),
            new Grpc(
                    "ModelInfer",
                    ModelInferRequest.newBuilder()
                            .setModelName("double")
                            .addInputs(X)
                            .addRawInputContents(ByteString.copyFromUtf8("abcdefghijkl"))
                            .build()),
            new Grpc(
                    "ModelInfer",
                    ModelInferRequest.newBuilder()
                            .setModelName("echo_bytes")
                            .addInputs(X.toBuilder()
                                    .setDatatype("BYTES")
                                    .clearShape()
                                    .addAllShape(List.of(1L, 4L))
                                    .setContents(InferTensorContents.newBuilder()
                                            .addBytesContents(ByteString.copyFromUtf8("a"))
                                            .addBytesContents(ByteString.EMPTY)
                                            .addBytesContents(ByteString.copyFromUtf8("bcd"))
                                            .addBytesContents(ByteString.EMPTY)))
                            .build()),
            new Grpc(
                    "ModelInfer",
                    ModelInferRequest.newBuilder()
                            .setModelName("double")
                            .addInputs(X.toBuilder()
                                    .putParameters(
                                            "shared_memory_region",
                                            InferParameter.newBuilder()
                                                    .setStringParam("r")
                                                    .build()))
                            .build()),
            new Grpc(
                    "ModelConfig",
                    ModelConfigRequest.newBuilder().setName("double").build()),
            new Grpc(
                    "ModelStatistics",
                    ModelStatisticsRequest.newBuilder().setName("double").build()),
            new Grpc(
                    "RepositoryModelLoad",
                    RepositoryModelLoadRequest.newBuilder()
                            .setModelName("double")
                            .build()),
            new Grpc(
                    "SystemSharedMemoryRegister",
                    SystemSharedMemoryRegisterRequest.newBuilder()
                            .setName("r")
                            .setKey("/nothing-of-this-name")
                            .setOffset(8)
                            .setByteSize(64)
                            .build()),
            new Grpc(
                    "SystemSharedMemoryStatus",
                    SystemSharedMemoryStatusRequest.newBuilder().setName("r").build()));
}
