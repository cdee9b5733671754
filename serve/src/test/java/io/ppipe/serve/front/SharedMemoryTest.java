package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.ppipe.protocol.v2.InferParameter;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferRequest.InferInputTensor;
import io.ppipe.protocol.v2.ModelInferRequest.InferRequestedOutputTensor;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.protocol.v2.SystemSharedMemoryRegisterRequest;
import io.ppipe.protocol.v2.SystemSharedMemoryStatusRequest;
import io.ppipe.protocol.v2.SystemSharedMemoryUnregisterRequest;
import io.ppipe.serve.Meters;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors in POSIX shared memory, over REST and with the generated client. */
class SharedMemoryTest {
    private static final Path OBJECTS = Path.of("/dev/shm");
    private static final int SIZE = 64;

    private static FrontEnd server;
    private static FrontEndClients clients;
    private String key = "";
    private Path object = OBJECTS;

    @BeforeAll
    static void start() {
        assumeTrue(Files.isWritable(OBJECTS), "This machine shows no shared memory as files in /dev/shm.");
        server = FrontEnd.start(
                new DoublingService(),
                new Extensions(Optional.empty(), Optional.of(new SharedMemory())),
                new FrontEndSettings("127.0.0.1", 0, 1 << 20, "0.1.0"),
                new Meters());
        clients = new FrontEndClients(server.port());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            clients.close();
            server.close();
        }
    }

    @BeforeEach
    void makeAnObject() throws IOException {
        key = "ppipe-test-%d-%d".formatted(ProcessHandle.current().pid(), System.nanoTime());
        object = OBJECTS.resolve(key);
        ByteBuffer data = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(8, 1).putFloat(12, 2.5f).putFloat(16, -3);
        Files.write(object, data.array());
    }

    @AfterEach
    void unregister() throws Exception {
        Files.deleteIfExists(object);
        assertThat(clients.post("/v2/systemsharedmemory/unregister", "").statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> register(long offset, long byteSize) throws Exception {
        return clients.post(
                "/v2/systemsharedmemory/region/r/register",
                "{\"key\": \"/%s\", \"offset\": %d, \"byte_size\": %d}".formatted(key, offset, byteSize));
    }

    private static String infer(long inputOffset, long inputSize, long outputOffset, long outputSize) throws Exception {
        return clients.post("/v2/models/double/infer", """
            {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 3], "parameters":
               {"shared_memory_region": "r", "shared_memory_offset": %d, "shared_memory_byte_size": %d}}],
             "outputs": [{"name": "y", "parameters":
               {"shared_memory_region": "r", "shared_memory_offset": %d, "shared_memory_byte_size": %d}}]}
            """.formatted(inputOffset, inputSize, outputOffset, outputSize))
                .body();
    }

    private float[] floats(int at) throws IOException {
        ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(object)).order(ByteOrder.LITTLE_ENDIAN);
        return new float[] {data.getFloat(at), data.getFloat(at + 4), data.getFloat(at + 8)};
    }

    @Test
    void readsInputsAndWritesOutputsOverRest() throws Exception {
        assertThat(register(4, 60).statusCode()).isEqualTo(200);

        assertThat(infer(4, 12, 20, 40))
                .contains(
                        "\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[1,3],\"parameters\":{"
                            + "\"shared_memory_region\":\"r\",\"shared_memory_offset\":20,\"shared_memory_byte_size\":12}}]");
        assertThat(floats(24)).containsExactly(2, 5, -6);
    }

    @Test
    void readsInputsAndWritesOutputsOverGrpc() throws Exception {
        var _ = clients.grpc()
                .systemSharedMemoryRegister(SystemSharedMemoryRegisterRequest.newBuilder()
                        .setName("r")
                        .setKey(key)
                        .setByteSize(SIZE)
                        .build());

        ModelInferResponse response = clients.grpc().modelInfer(request(8, 12, 32, 12));

        assertThat(floats(32)).containsExactly(2, 5, -6);
        assertThat(response.getRawOutputContentsList())
                .singleElement()
                .satisfies(raw -> assertThat(raw.isEmpty()).isTrue());
        assertThat(response.getOutputs(0)
                        .getParametersOrThrow("shared_memory_byte_size")
                        .getInt64Param())
                .isEqualTo(12);
        assertThat(clients.grpc()
                        .systemSharedMemoryStatus(SystemSharedMemoryStatusRequest.getDefaultInstance())
                        .getRegionsOrThrow("r")
                        .getKey())
                .isEqualTo(key);
        var _ = clients.grpc()
                .systemSharedMemoryUnregister(SystemSharedMemoryUnregisterRequest.newBuilder()
                        .setName("r")
                        .build());
        assertThat(clients.grpc()
                        .systemSharedMemoryStatus(SystemSharedMemoryStatusRequest.getDefaultInstance())
                        .getRegionsCount())
                .isZero();
    }

    private static ModelInferRequest request(long inputOffset, long inputSize, long outputOffset, long outputSize) {
        return ModelInferRequest.newBuilder()
                .setModelName("double")
                .addInputs(InferInputTensor.newBuilder()
                        .setName("x")
                        .setDatatype("FP32")
                        .addAllShape(List.of(1L, 3L))
                        .putAllParameters(place(inputOffset, inputSize)))
                .addOutputs(InferRequestedOutputTensor.newBuilder()
                        .setName("y")
                        .putAllParameters(place(outputOffset, outputSize)))
                .build();
    }

    private static Map<String, InferParameter> place(long offset, long byteSize) {
        return Map.of(
                "shared_memory_region",
                InferParameter.newBuilder().setStringParam("r").build(),
                "shared_memory_offset",
                InferParameter.newBuilder().setInt64Param(offset).build(),
                "shared_memory_byte_size",
                InferParameter.newBuilder().setInt64Param(byteSize).build());
    }

    @Test
    void showsRegions() throws Exception {
        assertThat(clients.get("/v2/systemsharedmemory/status").body()).isEqualTo("[]");
        assertThat(register(0, 60).statusCode()).isEqualTo(200);

        String shown = "[{\"name\":\"r\",\"key\":\"/%s\",\"offset\":0,\"byte_size\":60}]".formatted(key);
        assertThat(clients.get("/v2/systemsharedmemory/status").body()).isEqualTo(shown);
        assertThat(clients.get("/v2/systemsharedmemory/region/r/status").body()).isEqualTo(shown);
        assertThat(clients.get("/v2/systemsharedmemory/region/q/status").statusCode())
                .isEqualTo(400);
        assertThat(register(0, 60).body()).contains("is registered; unregister it first");
        assertThat(clients.post("/v2/systemsharedmemory/region/r/unregister", "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(clients.get("/v2/systemsharedmemory/status").body()).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource({
        "8, 12, 53, 12",
        "53, 12, 0, 12",
        "-1, 12, 0, 12",
        "8, -12, 0, 12",
        "9223372036854775807, 12, 0, 12",
        "8, 9223372036854775807, 0, 12",
        "8, 12, 9223372036854775807, 9223372036854775807",
        "8, 11, 0, 12",
        "8, 12, 0, 11"
    })
    void refusesPlacesThatDontFit(long inputOffset, long inputSize, long outputOffset, long outputSize)
            throws Exception {
        assertThat(register(0, SIZE).statusCode()).isEqualTo(200);
        byte[] before = Files.readAllBytes(object);

        assertThat(infer(inputOffset, inputSize, outputOffset, outputSize)).contains("\"cause\":\"invalid\"");
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> clients.grpc().modelInfer(request(inputOffset, inputSize, outputOffset, outputSize)));
        assertThat(refused.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(Files.readAllBytes(object)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"0, 65", "1, 64", "64, 1", "-1, 10", "0, 0", "0, -1", "9223372036854775807, 10"})
    void refusesRegionsBeyondTheirObject(long offset, long byteSize) throws Exception {
        assertThat(register(offset, byteSize).statusCode()).isEqualTo(400);
        assertThat(Files.size(object)).isEqualTo(SIZE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", ".", "..", "../shm/x", "/../etc/passwd", "a/b", "nothing-of-this-name"})
    void letsNoKeyOutOfSharedMemory(String wrong) throws Exception {
        HttpResponse<String> response = clients.post(
                "/v2/systemsharedmemory/region/r/register", "{\"key\": \"%s\", \"byte_size\": 1}".formatted(wrong));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("\"cause\":\"invalid\"");
    }

    @Test
    void followsNoLinkOutOfSharedMemory(@TempDir Path elsewhere) throws Exception {
        Files.delete(object);
        Files.createSymbolicLink(object, Files.writeString(elsewhere.resolve("secret"), "secret"));

        assertThat(register(0, 1).body()).contains("There is no shared-memory object");
    }

    @Test
    void survivesAnObjectThatBecomesSmaller() throws Exception {
        assertThat(register(0, SIZE).statusCode()).isEqualTo(200);
        try (FileChannel file = FileChannel.open(object, StandardOpenOption.WRITE)) {
            file.truncate(0);
        }

        assertThat(infer(8, 12, 32, 12)).contains("\"cause\":\"invalid\"", "is gone");
        assertThat(clients.get("/v2/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void saysThatItIsOffUnlessAskedFor() throws Exception {
        try (FrontEnd without =
                        FrontEnd.start(new DoublingService(), new FrontEndSettings("127.0.0.1", 0, 1 << 20, "0.1.0"));
                var other = new FrontEndClients(without.port())) {
            HttpResponse<String> response = other.get("/v2/systemsharedmemory/status");
            assertThat(response.statusCode()).isEqualTo(501);
            assertThat(response.body()).contains("--shared-memory", "\"cause\":\"not_enabled\"");
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class, () -> other.grpc().modelInfer(request(8, 12, 32, 12)));
            assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED);
            assertThat(other.get("/v2").body()).doesNotContain("system_shared_memory");
        }
        assertThat(clients.get("/v2").body()).contains("system_shared_memory");
    }
}
