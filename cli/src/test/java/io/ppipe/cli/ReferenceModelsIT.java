package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.ppipe.format.ClusterFile;
import io.ppipe.format.PlanFile;
import io.ppipe.format.ProfileFile;
import io.ppipe.format.WorkloadFile;
import io.ppipe.model.ElementType;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.TensorSpec;
import io.ppipe.model.Workload;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.serve.PipelineServer;
import io.ppipe.serve.front.FrontEndSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real exported graphs, profiled, cut, planned and served: the served answer is the published one. */
class ReferenceModelsIT {
    private static final double TOLERANCE = 1e-4;

    @TempDir
    private Path folder = Path.of(".");

    private static Path reference(String file) {
        return Path.of(System.getProperty("ppipe.root", ".."))
                .toAbsolutePath()
                .resolveSibling("shared/reference/onnx")
                .resolve(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"light_squeezenet", "light_shufflenet", "light_inception_v1", "light_resnet50"})
    void theServedAnswerIsThePublishedOne(String name) throws Exception {
        Path onnx = reference(name + ".onnx");
        Assumptions.assumeTrue(Files.exists(onnx), "skipped: ../shared/reference/onnx is not here");
        SampleFolder.make(folder, name, onnx.toString(), 2000);
        Workload workload = WorkloadFile.read(folder.resolve("workload.yaml"));
        Scenario scenario = Scenario.of(
                ClusterFile.read(folder.resolve("cluster.yaml")),
                workload,
                ProfileFile.read(folder.resolve("profile.json")));
        Plan plan = PlanFile.read(folder.resolve("plan.json"));
        TensorSpec input = scenario.models().getFirst().profile().inputs().getFirst();

        RunningServer server = RunningServer.start(
                scenario,
                workload,
                plan,
                PipelineServer.Settings.DEFAULT,
                new FrontEndSettings("127.0.0.1", 0, 64 << 20, "test"),
                Progress.NONE);
        ByteBuffer served;
        ByteBuffer servedOverGrpc;
        try {
            served = infer(server.port(), name, input, publishedInput(input));
            servedOverGrpc = inferOverGrpc(server.port(), name, input, publishedInput(input));
        } finally {
            server.close();
        }

        var published = OnnxMl.TensorProto.parseFrom(Files.readAllBytes(reference(name + "_output_0.pb")));
        ByteBuffer expected = published.getRawData().asReadOnlyByteBuffer();
        assertThat(expected.remaining()).isPositive();
        assertThat(Comparison.relativeDifference(ElementType.FP32, expected, served))
                .isLessThan(TOLERANCE);
        assertThat(servedOverGrpc).isEqualTo(served);
    }

    /** Asks with grpc-java's own client and the stubs generated from the protocol definition. */
    private static ByteBuffer inferOverGrpc(int port, String model, TensorSpec input, byte[] data) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
            var tensor = ModelInferRequest.InferInputTensor.newBuilder()
                    .setName(input.name())
                    .setDatatype("FP32")
                    .addAllShape(input.shape().stream().map(d -> Math.max(1, d)).toList());
            ModelInferResponse response = GRPCInferenceServiceGrpc.newBlockingStub(channel)
                    .modelInfer(ModelInferRequest.newBuilder()
                            .setModelName(model)
                            .addInputs(tensor)
                            .addRawInputContents(ByteString.copyFrom(data))
                            .build());
            return response.getRawOutputContents(0).asReadOnlyByteBuffer();
        } finally {
            channel.shutdownNow();
        }
    }

    /** Element i of n in row-major order is i ÷ n. */
    private static byte[] publishedInput(TensorSpec input) {
        int n = Math.toIntExact(input.elementsPerRequest());
        ByteBuffer data = ByteBuffer.allocate(4 * n).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < n; i++) {
            data.putFloat((float) ((double) i / n));
        }
        return data.array();
    }

    /** Asks over REST with the binary tensor extension, as any client would. */
    private static ByteBuffer infer(int port, String model, TensorSpec input, byte[] data) throws Exception {
        String header = """
            {"inputs":[{"name":"%s","datatype":"FP32","shape":%s,"parameters":{"binary_data_size":%d}}],
             "parameters":{"binary_data_output":true}}\
            """.formatted(input.name(), input.shape().toString().replace("-1", "1"), data.length);
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        byte[] body = ByteBuffer.allocate(json.length + data.length)
                .put(json)
                .put(data)
                .array();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/v2/models/%s/infer".formatted(port, model)))
                .header("Inference-Header-Content-Length", Integer.toString(json.length))
                .header("Content-Type", "application/octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try (var client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.statusCode())
                    .as(new String(response.body(), StandardCharsets.UTF_8))
                    .isEqualTo(200);
            int headerLength = Integer.parseInt(response.headers()
                    .firstValue("Inference-Header-Content-Length")
                    .orElseThrow());
            return ByteBuffer.wrap(response.body(), headerLength, response.body().length - headerLength)
                    .slice();
        }
    }
}
