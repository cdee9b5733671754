package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.ppipe.model.ElementType;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.ppipe.protocol.v2.InferTensorContents;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferRequest.InferInputTensor;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every datatype there and back through real sockets, as bytes, as JSON and as typed contents. */
class DatatypesTest {
    private static final int ELEMENTS = 4;

    private static FrontEnd server;
    private static HttpClient client;
    private static ManagedChannel channel;
    private static GRPCInferenceServiceBlockingStub stub;

    @BeforeAll
    static void start() {
        server = FrontEnd.start(new DoublingService(), new FrontEndSettings("127.0.0.1", 0, 1 << 20, "0.1.0"));
        client = HttpClient.newHttpClient();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        client.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(ElementType.class)
    void bringsTheBytesOfEveryDatatypeThereAndBack(ElementType type) throws Exception {
        long seed = System.nanoTime();
        byte[] data = random(type, new Random(seed));

        assertThat(stub.modelInfer(raw(type, data)).getRawOutputContents(0).toByteArray())
                .as("seed %d", seed)
                .isEqualTo(data);

        HttpResponse<byte[]> response = postBinary(type, data);
        assertThat(response.statusCode()).isEqualTo(200);
        int jsonBytes = Integer.parseInt(
                response.headers().firstValue("Inference-Header-Content-Length").orElseThrow());
        assertThat(Arrays.copyOfRange(response.body(), jsonBytes, response.body().length))
                .as("seed %d", seed)
                .isEqualTo(data);
    }

    @Test
    void bringsStringsThereAndBackAsJson() throws Exception {
        String strings = "[\"\",\"grey \\\"cat\\\"\",\"größe\",\"🐈\"]";

        HttpResponse<String> response = post("BYTES", strings);

        assertThat(response.body()).contains("\"datatype\":\"BYTES\"", "\"data\":" + strings);
    }

    @Test
    void bringsStringsThereAndBackAsTypedContents() {
        InferTensorContents contents = InferTensorContents.newBuilder()
                .addBytesContents(ByteString.EMPTY)
                .addBytesContents(ByteString.copyFromUtf8("cat"))
                .addBytesContents(ByteString.copyFrom(new byte[] {(byte) 0xFF, 0}))
                .addBytesContents(ByteString.copyFrom(new byte[300]))
                .build();

        assertThat(stub.modelInfer(typed("BYTES", contents)).getOutputs(0).getContents())
                .isEqualTo(contents);
    }

    @Test
    void readsLongStrings() throws Exception {
        String data = "[\"%s\",\"b\",\"%s\",\"d\"]".formatted("a".repeat(10_000), "c".repeat(70_000));

        assertThat(post("BYTES", data).body()).contains("\"data\":" + data);
    }

    @Test
    void refusesBytesWhoseElementsDontFit() {
        assertThat(refused(raw(ElementType.BYTES, prefixed("a", "b", "c")))).contains("has 3 elements", "says 4");
        assertThat(refused(raw(ElementType.BYTES, prefixed("a", "b", "c", "d", "e"))))
                .contains("has 5 elements");
        byte[] cut = prefixed("a", "b", "c", "dd");
        assertThat(refused(raw(ElementType.BYTES, Arrays.copyOf(cut, cut.length - 1))))
                .contains("element 3 says it has 2 bytes, but 1 are left");
        assertThat(refused(raw(ElementType.BYTES, Arrays.copyOf(cut, cut.length + 3))))
                .contains("3 bytes follow");
        assertThat(refused(raw(ElementType.BYTES, new byte[] {-1, -1, -1, -1}))).contains("4294967295 bytes");
    }

    @Test
    void saysWhenAnOutputIsNoText() throws Exception {
        var body = new ByteArrayOutputStream();
        byte[] data = prefixed("a", "b", "c", "d");
        data[4] = (byte) 0xFF;
        String json = json("BYTES", "\"parameters\": {\"binary_data_size\": %d}".formatted(data.length));
        body.writeBytes(json.getBytes(StandardCharsets.UTF_8));
        body.writeBytes(data);

        HttpResponse<byte[]> response = send("BYTES", body.toByteArray(), json.length());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).contains("isn't UTF-8", "as binary data");
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "BF16"})
    void takesHalvesAsBytesOnly(ElementType type) throws Exception {
        HttpResponse<String> response = post(type.name(), "[1, 2, 3, 4]");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("send it as binary data");

        assertThat(refused(typed(type.name(), InferTensorContents.getDefaultInstance())))
                .contains("send it in raw_input_contents");
    }

    private static byte[] random(ElementType type, Random random) {
        if (type == ElementType.BYTES) {
            String[] words = new String[ELEMENTS];
            Arrays.setAll(words, i -> "x".repeat(random.nextInt(50)));
            return prefixed(words);
        }
        var data = new byte[ELEMENTS * type.sizeBytes()];
        random.nextBytes(data);
        return data;
    }

    private static byte[] prefixed(String... words) {
        ByteBuffer data = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
        for (String word : words) {
            data.putInt(word.length()).put(word.getBytes(StandardCharsets.US_ASCII));
        }
        return Arrays.copyOf(data.array(), data.position());
    }

    private static String refused(ModelInferRequest request) {
        return String.valueOf(catchThrowableOfType(StatusRuntimeException.class, () -> stub.modelInfer(request))
                .getMessage());
    }

    private static ModelInferRequest raw(ElementType type, byte[] data) {
        return request(type.name(), InferInputTensor.newBuilder())
                .addRawInputContents(ByteString.copyFrom(data))
                .build();
    }

    private static ModelInferRequest typed(String type, InferTensorContents contents) {
        return request(type, InferInputTensor.newBuilder().setContents(contents))
                .build();
    }

    private static ModelInferRequest.Builder request(String type, InferInputTensor.Builder input) {
        return ModelInferRequest.newBuilder()
                .setModelName("echo_" + type.toLowerCase(Locale.ROOT))
                .addInputs(input.setName("x").setDatatype(type).addAllShape(List.of(1L, (long) ELEMENTS)));
    }

    private static HttpResponse<String> post(String type, String data) throws Exception {
        byte[] body = json(type, "\"data\": " + data).getBytes(StandardCharsets.UTF_8);
        return client.send(to(type).POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<byte[]> postBinary(ElementType type, byte[] data) throws Exception {
        String json = json(type.name(), "\"parameters\": {\"binary_data_size\": %d}".formatted(data.length))
                .replaceFirst("\\{", "{\"parameters\": {\"binary_data_output\": true}, ");
        var body = new ByteArrayOutputStream();
        body.writeBytes(json.getBytes(StandardCharsets.UTF_8));
        body.writeBytes(data);
        return send(type.name(), body.toByteArray(), json.length());
    }

    private static HttpResponse<byte[]> send(String type, byte[] body, int jsonBytes) throws Exception {
        return client.send(
                to(type).header("Inference-Header-Content-Length", Integer.toString(jsonBytes))
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static HttpRequest.Builder to(String type) {
        return HttpRequest.newBuilder(URI.create(
                "http://127.0.0.1:%d/v2/models/echo_%s/infer".formatted(server.port(), type.toLowerCase(Locale.ROOT))));
    }

    private static String json(String type, String data) {
        return "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"%s\", \"shape\": [1, %d], %s}]}"
                .formatted(type, ELEMENTS, data);
    }
}
