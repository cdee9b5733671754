package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.ppipe.protocol.v2.InferParameter;
import io.ppipe.protocol.v2.InferTensorContents;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferRequest.InferInputTensor;
import io.ppipe.protocol.v2.ModelInferRequest.InferRequestedOutputTensor;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.protocol.v2.ModelMetadataRequest;
import io.ppipe.protocol.v2.ModelReadyRequest;
import io.ppipe.protocol.v2.ServerLiveRequest;
import io.ppipe.protocol.v2.ServerMetadataRequest;
import io.ppipe.protocol.v2.ServerReadyRequest;
import io.ppipe.serve.InferenceService.Status;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** gRPC over a real socket, with grpc-java's own client and the stubs generated from the protocol. */
class GrpcTest {
    private static final int MAX_REQUEST_BYTES = 17 << 20;
    private static final Metadata.Key<String> CAUSE = Metadata.Key.of("ppipe-cause", Metadata.ASCII_STRING_MARSHALLER);

    private static final DoublingService SERVICE = new DoublingService();
    private static FrontEnd server;
    private static ManagedChannel channel;
    private static GRPCInferenceServiceBlockingStub stub;

    @BeforeAll
    static void start() {
        server = FrontEnd.start(SERVICE, new FrontEndSettings("127.0.0.1", 0, MAX_REQUEST_BYTES, "0.1.0"));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
        stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    @BeforeEach
    void forget() {
        SERVICE.taken.clear();
        SERVICE.ready = true;
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        server.close();
    }

    @Test
    void answersTypedContents() {
        ModelInferResponse response = stub.modelInfer(
                typed("double", 1, 2.5f, -3).toBuilder().setId("a1").build());

        assertThat(response.getId()).isEqualTo("a1");
        assertThat(response.getModelName()).isEqualTo("double");
        assertThat(response.getParametersOrThrow("pipeline").getStringParam()).isEqualTo("7");
        assertThat(response.getOutputs(0).getName()).isEqualTo("y");
        assertThat(response.getOutputs(0).getShapeList()).containsExactly(1L, 3L);
        assertThat(response.getOutputs(0).getContents().getFp32ContentsList()).containsExactly(2f, 5f, -6f);
        assertThat(response.getRawOutputContentsCount()).isZero();
    }

    @Test
    void answersRawRequestsRaw() {
        ModelInferResponse response = stub.modelInfer(raw("double", floats(1, 2, 3)));

        assertThat(response.getRawOutputContentsList()).containsExactly(floats(2, 4, 6));
        assertThat(response.getOutputs(0).hasContents()).isFalse();
    }

    @Test
    void bringsSixteenMebibytesThereAndBack() {
        ByteString data = ByteString.copyFrom(new byte[16 << 20]);
        var input =
                InferInputTensor.newBuilder().setName("x").setDatatype("FP32").addAllShape(List.of(1L, 4L << 20));

        ModelInferResponse response = stub.modelInfer(ModelInferRequest.newBuilder()
                .setModelName("big")
                .addInputs(input)
                .addRawInputContents(data)
                .build());

        assertThat(response.getRawOutputContents(0)).isEqualTo(data);
    }

    @Test
    void bringsIntegersOfEveryTypeThrough() {
        assertThat(echo("INT8", InferTensorContents.newBuilder().addAllIntContents(List.of(-128, 0, 1, 127))))
                .isTrue();
        assertThat(echo("INT16", InferTensorContents.newBuilder().addAllIntContents(List.of(-32768, 0, 1, 32767))))
                .isTrue();
        assertThat(echo("INT32", InferTensorContents.newBuilder().addAllIntContents(List.of(1 << 31, 0, 1, -1))))
                .isTrue();
        assertThat(echo("INT64", InferTensorContents.newBuilder().addAllInt64Contents(List.of(1L << 63, 0L, 1L, -1L))))
                .isTrue();
        assertThat(echo("UINT8", InferTensorContents.newBuilder().addAllUintContents(List.of(0, 1, 128, 255))))
                .isTrue();
        assertThat(echo("UINT16", InferTensorContents.newBuilder().addAllUintContents(List.of(0, 1, 32768, 65535))))
                .isTrue();
        assertThat(echo("UINT32", InferTensorContents.newBuilder().addAllUintContents(List.of(0, 1, 1 << 31, -1))))
                .isTrue();
        assertThat(echo(
                        "UINT64",
                        InferTensorContents.newBuilder().addAllUint64Contents(List.of(0L, 1L, 1L << 63, -1L))))
                .isTrue();
        assertThat(echo("BOOL", InferTensorContents.newBuilder().addAllBoolContents(List.of(true, false, true, true))))
                .isTrue();
        assertThat(echo("FP64", InferTensorContents.newBuilder().addAllFp64Contents(List.of(0.1, -1e300, 0.0, 2.0))))
                .isTrue();
    }

    private static boolean echo(String type, InferTensorContents.Builder contents) {
        var input = InferInputTensor.newBuilder()
                .setName("x")
                .setDatatype(type)
                .addAllShape(List.of(1L, 4L))
                .setContents(contents);
        ModelInferResponse response = stub.modelInfer(ModelInferRequest.newBuilder()
                .setModelName("echo_" + type.toLowerCase(Locale.ROOT))
                .addInputs(input)
                .build());
        return response.getOutputs(0).getContents().equals(contents.build());
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void mapsEveryRefusalToItsStatusAndCause(Status status) {
        String cause = status.name().toLowerCase(Locale.ROOT);
        StatusRuntimeException refused = refused(typed("refuse_" + cause, 1, 2, 3));

        Code expected = switch (status) {
            case INVALID -> Code.INVALID_ARGUMENT;
            case UNKNOWN_MODEL -> Code.NOT_FOUND;
            case NOT_PLANNED -> Code.NOT_FOUND;
            case NOT_ENABLED -> Code.UNIMPLEMENTED;
            case DEADLINE_UNREACHABLE -> Code.ABORTED;
            case OVERLOADED -> Code.RESOURCE_EXHAUSTED;
            case DRAINING -> Code.UNAVAILABLE;
            case EXPIRED -> Code.DEADLINE_EXCEEDED;
            case CANCELLED -> Code.CANCELLED;
            case FAILED -> Code.INTERNAL;
        };
        assertThat(refused.getStatus().getCode()).isEqualTo(expected);
        assertThat(refused.getStatus().getDescription()).isEqualTo("refused for a test");
        assertThat(cause(refused)).isEqualTo(cause);
    }

    @Test
    void refusesWrongTensors() {
        assertInvalid(typed("double", 1, 2), "has shape [1, 2], expected [-1, 3]");
        assertInvalid(raw("double", floats(1, 2)), "has 8 bytes of data, expected 12");
        assertInvalid(
                raw("double", floats(1, 2, 3)).toBuilder()
                        .addRawInputContents(ByteString.EMPTY)
                        .build(),
                "2 entries");
        ModelInferRequest right = typed("double", 1, 2, 3);
        assertInvalid(
                right.toBuilder()
                        .setInputs(0, right.getInputs(0).toBuilder().setDatatype("INT32"))
                        .build(),
                "has datatype INT32, expected FP32");
        assertInvalid(
                right.toBuilder()
                        .setInputs(0, right.getInputs(0).toBuilder().setDatatype("?"))
                        .build(),
                "not known");
        assertInvalid(right.toBuilder().addInputs(right.getInputs(0)).build(), "given twice");
        assertInvalid(right.toBuilder().clearInputs().build(), "Input \"x\" is missing");
        assertInvalid(
                right.toBuilder()
                        .addOutputs(InferRequestedOutputTensor.newBuilder().setName("q"))
                        .build(),
                "no output \"q\"");
        assertThat(SERVICE.taken).isEmpty();
    }

    @Test
    void refusesUnknownModelsAndVersions() {
        assertThat(cause(refused(typed("nothing", 1, 2, 3)))).isEqualTo("unknown_model");
        assertThat(cause(refused(typed("double", 1, 2, 3).toBuilder()
                        .setModelVersion("2")
                        .build())))
                .isEqualTo("unknown_model");
    }

    @RepeatedTest(3)
    void refusesMessagesOverTheLimitAndGoesOn() {
        ByteString large = ByteString.copyFrom(new byte[MAX_REQUEST_BYTES + 1]);

        StatusRuntimeException refused = refused(raw("double", large));

        assertThat(refused.getStatus().getCode()).as("%s", refused).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(cause(refused)).isEqualTo("too_large");
        assertThat(stub.modelInfer(raw("double", floats(1, 2, 3))).getOutputsCount())
                .isOne();
    }

    @Test
    void passesTheTighterOfDeadlineAndTimeoutOn() {
        ModelInferRequest request = typed("double", 1, 2, 3);
        var timeout = InferParameter.newBuilder().setInt64Param(2_000_000).build();
        ModelInferRequest limited =
                request.toBuilder().putParameters("timeout", timeout).build();

        var _ = stub.modelInfer(request);
        var _ = stub.withDeadlineAfter(60, TimeUnit.SECONDS).modelInfer(request);
        var _ = stub.withDeadlineAfter(60, TimeUnit.SECONDS).modelInfer(limited);

        assertThat(SERVICE.taken.remove().call().timeoutMicros()).isEmpty();
        assertThat(SERVICE.taken.remove().call().timeoutMicros().orElseThrow()).isBetween(30_000_000L, 60_000_000L);
        assertThat(SERVICE.taken.remove().call().timeoutMicros()).hasValue(2_000_000);
    }

    @Test
    void tellsTheServiceWhenTheClientCancels() throws Exception {
        Context.CancellableContext context = Context.current().withCancellation();
        var call = CompletableFuture.runAsync(() -> context.run(() -> refused(typed("never", 1, 2, 3))));
        DoublingService.Taken taken = SERVICE.taken.poll(10, TimeUnit.SECONDS);

        context.cancel(new CancellationException("test"));

        assertThat(taken).isNotNull();
        assertThat(taken.reply()).failsWithin(10, TimeUnit.SECONDS);
        assertThat(taken.reply()).isCancelled();
        call.get(10, TimeUnit.SECONDS);
    }

    @Test
    void showsHealthAndMetadata() {
        assertThat(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
                .isTrue();
        assertThat(stub.serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
                .isTrue();
        var metadata = stub.serverMetadata(ServerMetadataRequest.getDefaultInstance());
        assertThat(metadata.getName()).isEqualTo("ppipe");
        assertThat(metadata.getExtensionsList())
                .containsExactly("binary_tensor_data", "model_configuration", "statistics");
        var model = stub.modelMetadata(
                ModelMetadataRequest.newBuilder().setName("double").build());
        assertThat(model.getInputs(0).getShapeList()).containsExactly(-1L, 3L);
        assertThat(model.getPropertiesMap()).containsEntry("slo_ms", "20");

        SERVICE.ready = false;

        assertThat(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
                .isTrue();
        assertThat(stub.serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
                .isFalse();
        assertThat(stub.modelReady(
                                ModelReadyRequest.newBuilder().setName("double").build())
                        .getReady())
                .isFalse();
    }

    private static void assertInvalid(ModelInferRequest request, String part) {
        StatusRuntimeException refused = refused(request);
        assertThat(refused.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused.getStatus().getDescription()).contains(part);
        assertThat(cause(refused)).isEqualTo("invalid");
    }

    private static StatusRuntimeException refused(ModelInferRequest request) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> stub.modelInfer(request));
    }

    private static String cause(StatusRuntimeException refused) {
        Metadata trailers = refused.getTrailers();
        return trailers == null ? "none" : String.valueOf(trailers.get(CAUSE));
    }

    private static ModelInferRequest typed(String model, float... values) {
        var contents = InferTensorContents.newBuilder();
        for (float value : values) {
            contents.addFp32Contents(value);
        }
        var input = InferInputTensor.newBuilder()
                .setName("x")
                .setDatatype("FP32")
                .addAllShape(List.of(1L, (long) values.length))
                .setContents(contents);
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .addInputs(input)
                .build();
    }

    private static ModelInferRequest raw(String model, ByteString data) {
        var input =
                InferInputTensor.newBuilder().setName("x").setDatatype("FP32").addAllShape(List.of(1L, 3L));
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .addInputs(input)
                .addRawInputContents(data)
                .build();
    }

    private static ByteString floats(float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return ByteString.copyFrom(data.flip());
    }
}
