package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ppipe.serve.InferenceService.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** REST over a real socket, with clients that know nothing of ppipe. */
class RestTest {
    private static final String DOUBLE = """
        {"id": "a1", "inputs": [{"name": "x", "datatype": "FP32", "shape": [2, 3], "data": [[1, 2.5, -3], [0, 1e3, 4]]}]}\
        """;

    private static final DoublingService SERVICE = new DoublingService();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static FrontEnd server;

    @BeforeAll
    static void start() {
        server = FrontEnd.start(SERVICE, new FrontEndSettings("127.0.0.1", 0, 32 << 20, "0.1.0"));
    }

    @BeforeEach
    void forget() {
        SERVICE.taken.clear();
        SERVICE.ready = true;
        SERVICE.retryAfterMillis = Optional.empty();
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        server.close();
    }

    @Test
    void answersJsonTensors() throws Exception {
        HttpResponse<String> response = post("double", DOUBLE);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body())
                .isEqualTo(
                        "{\"model_name\":\"double\",\"model_version\":\"1\",\"id\":\"a1\",\"parameters\":{\"pipeline\":\"7\"},"
                            + "\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[2,3],"
                            + "\"data\":[2.0,5.0,-6.0,0.0,2000.0,8.0]}]}");
    }

    @Test
    void takesTheFieldsOfAnInputInAnyOrder() throws Exception {
        HttpResponse<String> response = post(
                "double",
                "{\"inputs\": [{\"data\": [1, [2, [3]]], \"unknown\": {\"a\": [1]}, \"shape\": [1, 3], \"datatype\":"
                        + " \"FP32\", \"name\": \"x\"}]}");

        assertThat(response.body()).contains("\"data\":[2.0,4.0,6.0]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BOOL   | true, false, true, true",
                "INT8   | -128, 0, 1, 127",
                "INT16  | -32768, 0, 1, 32767",
                "INT32  | -2147483648, 0, 1, 2147483647",
                "INT64  | -9223372036854775808, 0, 1, 9223372036854775807",
                "UINT8  | 0, 1, 128, 255",
                "UINT16 | 0, 1, 32768, 65535",
                "UINT32 | 0, 1, 2147483648, 4294967295",
                "UINT64 | 0, 1, 9223372036854775808, 18446744073709551615",
                "FP32   | 0.1, -3.4028235E38, 1.4E-45, \"NaN\"",
                "FP64   | 0.1, -1.7976931348623157E308, 4.9E-324, \"-Infinity\""
            })
    void bringsEveryTypeThroughJsonUnchanged(String type, String data) throws Exception {
        HttpResponse<String> response = post(
                "echo_" + type.toLowerCase(Locale.ROOT),
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"%s\", \"shape\": [1, 4], \"data\": [%s]}]}"
                        .formatted(type, data));

        assertThat(response.body()).contains("\"data\":[" + data.replace(" ", "") + "]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INT8   | 128",
                "UINT8  | -1",
                "INT32  | 1.5",
                "INT32  | \"1\"",
                "UINT64 | 18446744073709551616",
                "INT64 | 9223372036854775808",
                "FP32   | 1e39",
                "FP64   | 1e400",
                "FP32   | true",
                "FP32   | \"one\"",
                "BOOL   | 2",
                "FP32   | null",
                "FP32 | {}"
            })
    void refusesElementsThatDoNotFitTheirType(String type, String element) throws Exception {
        HttpResponse<String> response = post(
                "echo_" + type.toLowerCase(Locale.ROOT),
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"%s\", \"shape\": [1, 4], \"data\": [1, 1, 1, %s]}]}"
                        .formatted(type, element));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("is not a value of " + type, "\"cause\":\"invalid\"");
    }

    @Test
    void answersBinaryTensors() throws Exception {
        String json = """
            {"parameters": {"binary_data_output": true}, "inputs": [
              {"name": "x", "datatype": "FP32", "shape": [1, 3], "parameters": {"binary_data_size": 12}}]}\
            """;
        HttpResponse<byte[]> response = postBinary("double", json, floats(1, 2, 3));

        assertThat(response.statusCode()).isEqualTo(200);
        int jsonBytes = Integer.parseInt(
                response.headers().firstValue("Inference-Header-Content-Length").orElseThrow());
        assertThat(new String(response.body(), 0, jsonBytes, StandardCharsets.UTF_8))
                .endsWith("\"shape\":[1,3],\"parameters\":{\"binary_data_size\":12}}]}");
        assertThat(ByteBuffer.wrap(response.body(), jsonBytes, response.body().length - jsonBytes)
                        .slice())
                .isEqualTo(ByteBuffer.wrap(floats(2, 4, 6)));
    }

    @Test
    void sendsSingleOutputsInBinary() throws Exception {
        HttpResponse<byte[]> response = postBinary("pair", """
            {"outputs": [{"name": "z", "parameters": {"binary_data": true}}, {"name": "y"}], "inputs": [
              {"name": "b", "datatype": "FP32", "shape": [1, 2], "data": [5, 6]},
              {"name": "a", "datatype": "FP32", "shape": [1, 2], "parameters": {"binary_data_size": 8}}]}\
            """, floats(7, 8));

        int jsonBytes = Integer.parseInt(
                response.headers().firstValue("Inference-Header-Content-Length").orElseThrow());
        assertThat(new String(response.body(), 0, jsonBytes, StandardCharsets.UTF_8))
                .contains("{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[10.0,12.0]}");
        assertThat(response.body()).hasSize(jsonBytes + 8);
    }

    @Test
    void carriesHalfPrecisionInBinaryOnly() throws Exception {
        String input =
                "{\"name\": \"x\", \"datatype\": \"FP16\", \"shape\": [1, 4], \"parameters\": {\"binary_data_size\":"
                        + " 8}}";
        byte[] data = {1, 2, 3, 4, 5, 6, 7, 8};

        HttpResponse<byte[]> json = postBinary("echo_fp16", "{\"inputs\": [" + input + "]}", data);
        HttpResponse<byte[]> binary = postBinary(
                "echo_fp16", "{\"inputs\": [" + input + "], \"parameters\": {\"binary_data_output\": true}}", data);

        assertThat(json.statusCode()).isEqualTo(400);
        assertThat(new String(json.body(), StandardCharsets.UTF_8)).contains("ask for it as binary");
        assertThat(binary.statusCode()).isEqualTo(200);
        assertThat(binary.body()).endsWith(data);
    }

    @Test
    void bringsSixteenMebibytesThereAndBack() throws Exception {
        byte[] data = new byte[16 << 20];
        byte[] doubled = new byte[data.length];
        ByteBuffer ramp = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer expected = ByteBuffer.wrap(doubled).order(ByteOrder.LITTLE_ENDIAN);
        for (int value = 0; value < 4 << 20; value++) {
            ramp.putFloat(value);
            expected.putFloat(2f * value);
        }
        HttpResponse<byte[]> response = postBinary("big", """
            {"parameters": {"binary_data_output": true}, "inputs": [{"name": "x", "datatype": "FP32",
             "shape": [1, 4194304], "parameters": {"binary_data_size": 16777216}}]}\
            """, data);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(ByteBuffer.wrap(response.body(), response.body().length - doubled.length, doubled.length))
                .isEqualTo(ByteBuffer.wrap(doubled));
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void mapsEveryRefusalToItsStatusAndCause(Status status) throws Exception {
        String cause = status.name().toLowerCase(Locale.ROOT);
        HttpResponse<String> response = post("refuse_" + cause, DOUBLE);

        int expected = switch (status) {
            case INVALID -> 400;
            case UNKNOWN_MODEL -> 404;
            case NOT_PLANNED -> 404;
            case NOT_ENABLED -> 501;
            case DEADLINE_UNREACHABLE, DRAINING -> 503;
            case OVERLOADED -> 429;
            case EXPIRED -> 504;
            case CANCELLED -> 499;
            case FAILED -> 500;
        };
        assertThat(response.statusCode()).isEqualTo(expected);
        assertThat(response.headers().firstValue("ppipe-cause")).hasValue(cause);
        assertThat(response.body()).isEqualTo("{\"error\":\"refused for a test\",\"cause\":\"%s\"}".formatted(cause));
        assertThat(response.headers().firstValue("retry-after").isPresent()).isEqualTo(status == Status.OVERLOADED);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1000, 1", "1001, 2", "61000, 61"})
    void saysAfterHowManyWholeSecondsToRetry(long millis, String seconds) throws Exception {
        SERVICE.retryAfterMillis = Optional.of(millis);

        assertThat(post("refuse_overloaded", DOUBLE).headers().firstValue("retry-after"))
                .hasValue(seconds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"data\": [1, 2]}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"data\": [1, 2, 3, 4]}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 4], \"data\": [1, 2, 3, 4]}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP64\", \"shape\": [1, 3], \"data\": [1, 2, 3]}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [0, 3], \"data\": []}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [-1, 3], \"data\": [1, 2, 3]}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [4611686018427387904,"
                        + " 4611686018427387904], \"data\": [1]}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [4611686018427387904, 3],"
                        + " \"data\": [1]}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"float\", \"shape\": [1, 3], \"data\": [1, 2, 3]}]}",
                "{\"inputs\": [{\"name\": \"other\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"data\": [1, 2, 3]}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"parameters\":"
                        + " {\"binary_data_size\": 12}}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"data\": [1, 2, 3]}],"
                        + " \"outputs\": [{\"name\": \"q\"}]}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"data\": [1, 2, 3]}],"
                        + " \"parameters\": {\"timeout\": -5}}",
                "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"data\": [1, 2, 3]}]}"
                        + " more",
                "{\"inputs\": []}",
                "{}"
            })
    void refusesWrongRequestsInOneLine(String body) throws Exception {
        HttpResponse<String> response = post("double", body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .startsWith("{\"error\":\"")
                .endsWith("\"cause\":\"invalid\"}")
                .doesNotContain("\\n", "Exception", "io.ppipe");
        assertThat(SERVICE.taken).isEmpty();
    }

    @Test
    void namesModelsWhenOneIsUnknown() throws Exception {
        HttpResponse<String> response = post("nothing", DOUBLE);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("unknown_model", "double, big");
        assertThat(get("/v2/models/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/v2/models/double/versions/2").statusCode()).isEqualTo(404);
    }

    @Test
    void passesTheClientsTimeoutOn() throws Exception {
        post("double", DOUBLE);
        post("double", DOUBLE.replace("{\"id\"", "{\"parameters\": {\"timeout\": 2500}, \"id\""));

        assertThat(SERVICE.taken.remove().call().timeoutMicros()).isEmpty();
        assertThat(SERVICE.taken.remove().call().timeoutMicros()).isEqualTo(OptionalLong.of(2500));
    }

    @Test
    void showsHealthAndMetadata() throws Exception {
        assertThat(get("/v2").body())
                .isEqualTo(
                        "{\"name\":\"ppipe\",\"version\":\"0.1.0\",\"extensions\":[\"binary_tensor_data\",\"model_configuration\",\"statistics\"],"
                            + "\"parameters\":{\"emulated\":\"true\"}}");
        assertThat(get("/v2/models/double/versions/1").body())
                .isEqualTo("{\"name\":\"double\",\"versions\":[\"1\"],\"platform\":\"test\","
                        + "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,3]}],"
                        + "\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[-1,3]}],"
                        + "\"parameters\":{\"slo_ms\":\"20\"}}");
        assertThat(get("/v2/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/v2/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/v2/models/double/ready").statusCode()).isEqualTo(200);

        SERVICE.ready = false;

        assertThat(get("/v2/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/v2/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/v2/models/double/ready").statusCode()).isEqualTo(503);
    }

    @Test
    void answersWrongPathsAndMethodsInJson() throws Exception {
        assertThat(get("/v3").statusCode()).isEqualTo(404);
        assertThat(get("/v3").body()).contains("\"cause\":\"not_found\"");
        assertThat(get("/v2/models/double/infer").statusCode()).isEqualTo(405);
    }

    @Test
    void answersCurl() throws Exception {
        Process curl;
        try {
            curl = new ProcessBuilder(
                            "curl",
                            "-s",
                            "--max-time",
                            "10",
                            "-d",
                            DOUBLE,
                            uri("/v2/models/double/infer").toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException missing) {
            assumeTrue(false, "curl is not installed");
            return;
        }
        String output = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(curl.waitFor()).isZero();
        assertThat(output).contains("\"data\":[2.0,5.0,-6.0,0.0,2000.0,8.0]");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String model, String body) throws Exception {
        return CLIENT.send(request(model, body), BodyHandlers.ofString());
    }

    private HttpRequest request(String model, String body) {
        return HttpRequest.newBuilder(uri("/v2/models/" + model + "/infer"))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<byte[]> postBinary(String model, String json, byte[] data) throws Exception {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        var body = new ByteArrayOutputStream();
        body.writeBytes(head);
        body.writeBytes(data);
        return CLIENT.send(
                HttpRequest.newBuilder(uri("/v2/models/" + model + "/infer"))
                        .header("Inference-Header-Content-Length", String.valueOf(head.length))
                        .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static byte[] floats(float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return data.array();
    }
}
