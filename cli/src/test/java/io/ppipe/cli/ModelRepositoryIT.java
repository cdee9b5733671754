package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferRequest.InferInputTensor;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.protocol.v2.ModelMetadataRequest;
import io.ppipe.protocol.v2.ModelMetadataResponse.TensorMetadata;
import io.ppipe.protocol.v2.RepositoryIndexRequest;
import io.ppipe.protocol.v2.RepositoryIndexResponse.ModelIndex;
import io.ppipe.protocol.v2.RepositoryModelLoadRequest;
import io.ppipe.protocol.v2.RepositoryModelUnloadRequest;
import io.ppipe.zoo.SampleModel;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Loading, switching and unloading versions of a served model, over real sockets and beside live requests. */
@Timeout(120)
class ModelRepositoryIT {
    @TempDir
    private static Path folder = Path.of(".");

    private static Path repository = Path.of(".");
    private static SampleServer server;
    private static ModelInferRequest request;

    @BeforeAll
    static void serve() throws Exception {
        SampleFolder.make(folder);
        repository = Files.createDirectory(folder.resolve("models"));
        version("sample", 1, 1);
        version("sample", 2, 2);
        version("other", 1, 1);
        Files.createDirectory(repository.resolve("empty"));
        want(1);
        server = new SampleServer(folder, Optional.of(repository));
        request = request(server);
    }

    @BeforeEach
    void serveTheFirstVersion() throws IOException {
        want(1);
        load("sample");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void version(String model, int version, long seed) throws IOException {
        SampleModel.write(
                Files.createDirectories(repository.resolve(model).resolve(Integer.toString(version)))
                        .resolve("model.onnx"),
                seed);
    }

    private static void want(int version) throws IOException {
        Files.writeString(
                repository.resolve("sample/config.pbtxt"),
                "version_policy: { specific: { versions: [%d] } }".formatted(version));
    }

    private static void load(String model) {
        var _ = server.grpc()
                .repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                        .setModelName(model)
                        .build());
    }

    private static ModelInferRequest request(SampleServer server) {
        TensorMetadata input = server.grpc()
                .modelMetadata(
                        ModelMetadataRequest.newBuilder().setName("sample").build())
                .getInputs(0);
        int elements = (int) input.getShapeList().stream()
                .mapToLong(size -> Math.max(1, size))
                .reduce(1, (a, b) -> a * b);
        ByteBuffer data = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
        var random = new Random(1);
        while (data.hasRemaining()) {
            data.putFloat(random.nextFloat());
        }
        var shape = new ArrayList<>(input.getShapeList());
        shape.set(0, 1L);
        return ModelInferRequest.newBuilder()
                .setModelName("sample")
                .addInputs(InferInputTensor.newBuilder()
                        .setName(input.getName())
                        .setDatatype(input.getDatatype())
                        .addAllShape(shape))
                .addRawInputContents(ByteString.copyFrom(data.flip()))
                .build();
    }

    /** Returns an answer; a busy machine may reject a request or two. */
    private static ModelInferResponse answer() {
        while (true) {
            try {
                return server.grpc().modelInfer(request);
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isIn(Code.ABORTED, Code.DEADLINE_EXCEEDED);
            }
        }
    }

    @Test
    void switchesVersionsBesideLiveRequestsAndLosesNone() throws Exception {
        Map<String, ByteString> expected = new ConcurrentHashMap<>();
        expected.put("1", answer().getRawOutputContents(0));
        want(2);
        load("sample");
        expected.put("2", answer().getRawOutputContents(0));
        assertThat(expected.get("1")).isNotEqualTo(expected.get("2"));

        var stop = new AtomicBoolean();
        var answered = new ConcurrentHashMap<String, AtomicLong>();
        var wrong = new ConcurrentHashMap<String, AtomicLong>();
        var clients = new ArrayList<Thread>();
        for (int i = 0; i < 3; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                while (!stop.get()) {
                    try {
                        ModelInferResponse response = server.grpc().modelInfer(request);
                        String version = response.getModelVersion();
                        boolean right = response.getRawOutputContents(0).equals(expected.get(version));
                        count(right ? answered : wrong, version);
                    } catch (StatusRuntimeException e) {
                        Code code = e.getStatus().getCode();
                        boolean late = code == Code.ABORTED || code == Code.DEADLINE_EXCEEDED;
                        count(late ? answered : wrong, code + " " + e.getMessage());
                    }
                }
            }));
        }
        for (int i = 0; i < 6; i++) {
            want(1 + i % 2);
            load("sample");
            Thread.sleep(200);
        }
        stop.set(true);
        for (Thread client : clients) {
            client.join();
        }

        assertThat(wrong).isEmpty();
        assertThat(answered).containsKeys("1", "2");
    }

    private static void count(Map<String, AtomicLong> what, String key) {
        what.computeIfAbsent(key, k -> new AtomicLong()).incrementAndGet();
    }

    @Test
    void indexesEveryVersionWithItsState() throws Exception {
        assertThat(server.grpc()
                        .repositoryIndex(RepositoryIndexRequest.getDefaultInstance())
                        .getModelsList())
                .extracting(ModelIndex::getName, ModelIndex::getVersion, ModelIndex::getState, ModelIndex::getReason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("empty", "", "UNAVAILABLE", "no version folder"),
                        org.assertj.core.groups.Tuple.tuple("other", "1", "UNAVAILABLE", "not planned"),
                        org.assertj.core.groups.Tuple.tuple("sample", "1", "READY", ""),
                        org.assertj.core.groups.Tuple.tuple("sample", "2", "UNAVAILABLE", "version 1 is served"));
        assertThat(server.post("/v2/repository/index", "{\"ready\": true}").body())
                .isEqualTo("[{\"name\":\"sample\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"}]");
    }

    @Test
    void unloadsAndLoadsAgain() throws Exception {
        var _ = server.grpc()
                .repositoryModelUnload(RepositoryModelUnloadRequest.newBuilder()
                        .setModelName("sample")
                        .build());

        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class, () -> server.grpc().modelInfer(request));
        assertThat(refused.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(refused.getMessage()).contains("was unloaded", "RepositoryModelLoad");
        assertThat(server.get("/v2/models/sample/ready").statusCode()).isEqualTo(404);
        assertThat(server.post("/v2/repository/index", "").body())
                .contains("\"name\":\"sample\",\"version\":\"1\",\"state\":\"UNAVAILABLE\",\"reason\":\"unloaded\"");

        assertThat(server.post("/v2/repository/models/sample/load", "{}").statusCode())
                .isEqualTo(200);
        assertThat(answer().getModelVersion()).isEqualTo("1");
        assertThat(server.post("/v2/repository/models/sample/unload", "{\"parameters\": {\"unload_dependents\": true}}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void unloadsNothingThatCouldNotBeLoadedAgain() throws Exception {
        Path away = repository.resolve(".sample");
        Files.move(repository.resolve("sample"), away);
        try {
            HttpResponse<String> response = server.post("/v2/repository/models/sample/unload", "");

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("Put it into the model repository first");
            assertThat(answer().getModelVersion()).isEqualTo("1");
            assertThat(server.post("/v2/repository/index", "").body())
                    .contains("{\"name\":\"sample\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"}");
        } finally {
            Files.move(away, repository.resolve("sample"));
        }
    }

    @Test
    void keepsTheServedVersionWhenAnotherCannotBeLoaded() throws Exception {
        Files.writeString(
                Files.createDirectories(repository.resolve("sample/3")).resolve("model.onnx"), "no model");
        try {
            want(3);
            HttpResponse<String> response = server.post("/v2/repository/models/sample/load", "");

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("sample/3/model.onnx").doesNotContain(repository.toString());
            assertThat(answer().getModelVersion()).isEqualTo("1");
            assertThat(server.post("/v2/repository/index", "").body())
                    .contains("\"version\":\"3\",\"state\":\"UNAVAILABLE\",\"reason\":\"sample/3/model.onnx");
        } finally {
            Files.delete(repository.resolve("sample/3/model.onnx"));
            Files.delete(repository.resolve("sample/3"));
        }
    }

    @Test
    void saysWhatToDoAboutModelsThatAreNotPlanned() throws Exception {
        HttpResponse<String> response = server.post("/v2/repository/models/other/load", "");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("\"cause\":\"not_planned\"", "`ppipe plan`");
        assertThat(server.post("/v2/models/other/infer", "{\"inputs\": []}").body())
                .contains("\"cause\":\"not_planned\"");
        assertThat(server.post("/v2/models/nothing/infer", "{\"inputs\": []}").body())
                .contains("\"cause\":\"unknown_model\"");
    }

    @Test
    void letsNoNameOutOfTheRepository() throws Exception {
        for (String name : new String[] {"..%2Fmodels", "%2e%2e%2f%2e%2e%2fetc", "sample%2F1", "nothing"}) {
            assertThat(server.post("/v2/repository/models/" + name + "/load", "")
                            .statusCode())
                    .as(name)
                    .isIn(400, 404);
        }
        for (String name : new String[] {"", "..", "../models/sample", "sample/1", "/etc"}) {
            StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> load(name));
            assertThat(refused.getStatus().getCode()).as(name).isEqualTo(Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void countsVersionsApart() throws Exception {
        var _ = answer();

        String statistics = server.get("/v2/models/sample/stats").body();
        assertThat(statistics).contains("\"name\":\"sample\",\"version\":\"1\"", "\"batch_size\":1");
        assertThat(statistics).doesNotContain("\"inference_count\":0", "\"execution_count\":0");
        assertThat(server.get("/v2/models/sample/versions/2/stats").statusCode())
                .isEqualTo(404);
        assertThat(server.get("/v2").body()).contains("\"model_repository\"");
    }
}
