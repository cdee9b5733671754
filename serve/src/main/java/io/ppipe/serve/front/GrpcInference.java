package io.ppipe.serve.front;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.ppipe.model.TensorSpec;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.protocol.v2.ModelMetadataRequest;
import io.ppipe.protocol.v2.ModelMetadataResponse;
import io.ppipe.protocol.v2.ModelMetadataResponse.TensorMetadata;
import io.ppipe.protocol.v2.ModelReadyRequest;
import io.ppipe.protocol.v2.ModelReadyResponse;
import io.ppipe.protocol.v2.ServerLiveRequest;
import io.ppipe.protocol.v2.ServerLiveResponse;
import io.ppipe.protocol.v2.ServerMetadataRequest;
import io.ppipe.protocol.v2.ServerMetadataResponse;
import io.ppipe.protocol.v2.ServerReadyRequest;
import io.ppipe.protocol.v2.ServerReadyResponse;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.InferenceService.Reply;
import io.ppipe.serve.InferenceService.Reply.Answer;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import io.ppipe.serve.InferenceService.ServedModel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The gRPC half of the protocol. Its methods run on Armeria's executor for blocking work, never on an event loop. */
final class GrpcInference extends GRPCInferenceServiceImplBase {
    private final Intake intake;
    private final String version;

    GrpcInference(Intake intake, String version) {
        this.intake = intake;
        this.version = version;
    }

    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> client) {
        answer(
                client,
                ServerLiveResponse.newBuilder().setLive(intake.service().live()).build());
    }

    @Override
    public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> client) {
        answer(client, ServerReadyResponse.newBuilder().setReady(intake.ready()).build());
    }

    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> client) {
        if (intake.model(request.getName(), request.getVersion()).isPresent()) {
            answer(
                    client,
                    ModelReadyResponse.newBuilder().setReady(intake.ready()).build());
        } else {
            client.onError(GrpcErrors.refusal(intake.unknown(request.getName(), request.getVersion())));
        }
    }

    @Override
    public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> client) {
        answer(
                client,
                ServerMetadataResponse.newBuilder()
                        .setName(Intake.SERVER_NAME)
                        .setVersion(version)
                        .addAllExtensions(Intake.EXTENSIONS)
                        .build());
    }

    @Override
    public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> client) {
        Optional<ServedModel> served = intake.model(request.getName(), request.getVersion());
        if (served.isEmpty()) {
            client.onError(GrpcErrors.refusal(intake.unknown(request.getName(), request.getVersion())));
            return;
        }
        ServedModel model = served.get();
        answer(
                client,
                ModelMetadataResponse.newBuilder()
                        .setName(model.name())
                        .addVersions(Intake.VERSION)
                        .setPlatform(model.platform())
                        .addAllInputs(model.inputs().stream()
                                .map(GrpcInference::tensor)
                                .toList())
                        .addAllOutputs(model.outputs().stream()
                                .map(GrpcInference::tensor)
                                .toList())
                        .putAllProperties(model.facts())
                        .build());
    }

    private static TensorMetadata tensor(TensorSpec spec) {
        return TensorMetadata.newBuilder()
                .setName(spec.name())
                .setDatatype(spec.type().name())
                .addAllShape(spec.shape())
                .build();
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> client) {
        ServiceRequestContext ctx = ServiceRequestContext.current();
        ctx.clearRequestTimeout(); // it bounds the time to send the message; from here the service keeps the deadline
        try {
            Call call = GrpcMessages.call(request, Timeout.ofGrpc(ctx));
            CompletableFuture<Reply> reply =
                    intake.infer(call, request.getModelVersion(), output -> GrpcTensors.raw(request));
            ((ServerCallStreamObserver<ModelInferResponse>) client).setOnCancelHandler(() -> reply.cancel(true));
            var _ = reply.whenCompleteAsync(
                    (done, failure) -> finish(client, request, done, failure), ctx.blockingTaskExecutor());
        } catch (RuntimeException e) {
            client.onError(GrpcErrors.failure(e));
        }
    }

    private static void finish(
            StreamObserver<ModelInferResponse> client,
            ModelInferRequest request,
            @Nullable Reply reply,
            @Nullable Throwable failure) {
        if (((ServerCallStreamObserver<?>) client).isCancelled()) {
            return; // nobody listens
        }
        try {
            switch (reply) {
                case Answer given -> answer(client, GrpcMessages.response(request, given));
                case Refusal refusal -> client.onError(GrpcErrors.refusal(refusal));
                case null ->
                    client.onError(GrpcErrors.failure(
                            failure == null ? new AssertionError("a reply without content") : failure));
            }
        } catch (RuntimeException e) {
            client.onError(GrpcErrors.failure(e));
        }
    }

    private static <T> void answer(StreamObserver<T> client, T response) {
        client.onNext(response);
        client.onCompleted();
    }
}
