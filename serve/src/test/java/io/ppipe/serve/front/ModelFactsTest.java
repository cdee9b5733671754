package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.protocol.v2.DataType;
import io.ppipe.protocol.v2.InferBatchStatistics;
import io.ppipe.protocol.v2.ModelConfig;
import io.ppipe.protocol.v2.ModelConfigRequest;
import io.ppipe.protocol.v2.ModelStatistics;
import io.ppipe.protocol.v2.ModelStatisticsRequest;
import io.ppipe.protocol.v2.StatisticDuration;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statistics and configuration, over REST and with the generated gRPC client. */
class ModelFactsTest {
    private static FrontEnd server;
    private static FrontEndClients clients;

    @BeforeAll
    static void start() {
        server = FrontEnd.start(new DoublingService(), new FrontEndSettings("127.0.0.1", 0, 1 << 20, "0.1.0"));
        clients = new FrontEndClients(server.port());
    }

    @AfterAll
    static void stop() {
        clients.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/models/double/stats", "/v2/models/double/versions/1/stats"})
    void showsStatisticsOfAModel(String path) throws Exception {
        HttpResponse<String> response = clients.get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body())
                .isEqualTo("{\"model_stats\":[{\"name\":\"double\",\"version\":\"1\",\"last_inference\":1700000000000,"
                        + "\"inference_count\":2,\"execution_count\":1,\"inference_stats\":{"
                        + "\"success\":{\"count\":1,\"ns\":10},\"fail\":{\"count\":0,\"ns\":0},"
                        + "\"queue\":{\"count\":2,\"ns\":7},\"compute_input\":{\"count\":1,\"ns\":10},"
                        + "\"compute_infer\":{\"count\":1,\"ns\":10},\"compute_output\":{\"count\":1,\"ns\":10},"
                        + "\"cache_hit\":{\"count\":0,\"ns\":0},\"cache_miss\":{\"count\":0,\"ns\":0}},"
                        + "\"batch_stats\":[{\"batch_size\":2,\"compute_input\":{\"count\":1,\"ns\":10},"
                        + "\"compute_infer\":{\"count\":1,\"ns\":20},\"compute_output\":{\"count\":1,\"ns\":30}}]}]}");
    }

    @Test
    void showsStatisticsOfAllModels() throws Exception {
        assertThat(clients.get("/v2/models/stats").body()).contains("\"name\":\"double\"", "\"name\":\"pair\"");
        assertThat(
                        clients
                                .grpc()
                                .modelStatistics(ModelStatisticsRequest.getDefaultInstance())
                                .getModelStatsList()
                                .stream()
                                .map(ModelStatistics::getName))
                .contains("double", "pair");
    }

    @Test
    void showsStatisticsOverGrpc() {
        ModelStatistics statistics = clients.grpc()
                .modelStatistics(
                        ModelStatisticsRequest.newBuilder().setName("double").build())
                .getModelStats(0);

        assertThat(statistics.getInferenceCount()).isEqualTo(2);
        assertThat(statistics.getInferenceStats().getQueue())
                .isEqualTo(StatisticDuration.newBuilder().setCount(2).setNs(7).build());
        InferBatchStatistics batches = statistics.getBatchStats(0);
        assertThat(batches.getBatchSize()).isEqualTo(2);
        assertThat(batches.getComputeOutput().getNs()).isEqualTo(30);
    }

    @Test
    void showsTheConfigurationWithoutTheBatchDimension() throws Exception {
        assertThat(clients.get("/v2/models/double/config").body())
                .isEqualTo("{\"name\":\"double\",\"platform\":\"test\",\"backend\":\"onnxruntime\","
                        + "\"version_policy\":{\"specific\":{\"versions\":[1]}},\"max_batch_size\":256,"
                        + "\"input\":[{\"name\":\"x\",\"data_type\":\"TYPE_FP32\",\"dims\":[3]}],"
                        + "\"output\":[{\"name\":\"y\",\"data_type\":\"TYPE_FP32\",\"dims\":[3]}],"
                        + "\"default_model_filename\":\"model.onnx\","
                        + "\"parameters\":{\"slo_ms\":{\"string_value\":\"20\"}},"
                        + "\"model_transaction_policy\":{\"decoupled\":false}}");
    }

    @Test
    void showsTheConfigurationOverGrpc() {
        ModelConfig config = clients.grpc()
                .modelConfig(
                        ModelConfigRequest.newBuilder().setName("echo_bytes").build())
                .getConfig();

        assertThat(config.getBackend()).isEqualTo("onnxruntime");
        assertThat(config.getMaxBatchSize()).isEqualTo(256);
        assertThat(config.getInput(0).getDataType()).isEqualTo(DataType.TYPE_STRING);
        assertThat(config.getInput(0).getDimsList()).containsExactly(4L);
        assertThat(config.getVersionPolicy().getSpecific().getVersionsList()).containsExactly(1L);
    }

    @Test
    void knowsNothingOfOtherModelsAndVersions() throws Exception {
        for (String path : new String[] {"nothing/stats", "double/versions/2/stats", "nothing/config"}) {
            assertThat(clients.get("/v2/models/" + path).statusCode()).isEqualTo(404);
        }
        assertThatThrownBy(() -> clients.grpc()
                        .modelStatistics(ModelStatisticsRequest.newBuilder()
                                .setName("nothing")
                                .build()))
                .hasMessageContaining("NOT_FOUND");
        assertThatThrownBy(() -> clients.grpc()
                        .modelConfig(ModelConfigRequest.newBuilder()
                                .setName("nothing")
                                .build()))
                .hasMessageContaining("NOT_FOUND");
    }
}
