package io.ppipe.serve.front;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.ppipe.model.TensorSpec;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import io.ppipe.protocol.v2.ModelConfigRequest;
import io.ppipe.protocol.v2.ModelConfigResponse;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.protocol.v2.ModelMetadataRequest;
import io.ppipe.protocol.v2.ModelMetadataResponse;
import io.ppipe.protocol.v2.ModelMetadataResponse.TensorMetadata;
import io.ppipe.protocol.v2.ModelReadyRequest;
import io.ppipe.protocol.v2.ModelReadyResponse;
import io.ppipe.protocol.v2.ModelStatisticsRequest;
import io.ppipe.protocol.v2.ModelStatisticsResponse;
import io.ppipe.protocol.v2.ModelStreamInferResponse;
import io.ppipe.protocol.v2.RepositoryIndexRequest;
import io.ppipe.protocol.v2.RepositoryIndexResponse;
import io.ppipe.protocol.v2.RepositoryModelLoadRequest;
import io.ppipe.protocol.v2.RepositoryModelLoadResponse;
import io.ppipe.protocol.v2.RepositoryModelUnloadRequest;
import io.ppipe.protocol.v2.RepositoryModelUnloadResponse;
import io.ppipe.protocol.v2.ServerLiveRequest;
import io.ppipe.protocol.v2.ServerLiveResponse;
import io.ppipe.protocol.v2.ServerMetadataRequest;
import io.ppipe.protocol.v2.ServerMetadataResponse;
import io.ppipe.protocol.v2.ServerReadyRequest;
import io.ppipe.protocol.v2.ServerReadyResponse;
import io.ppipe.protocol.v2.SystemSharedMemoryRegisterRequest;
import io.ppipe.protocol.v2.SystemSharedMemoryRegisterResponse;
import io.ppipe.protocol.v2.SystemSharedMemoryStatusRequest;
import io.ppipe.protocol.v2.SystemSharedMemoryStatusResponse;
import io.ppipe.protocol.v2.SystemSharedMemoryUnregisterRequest;
import io.ppipe.protocol.v2.SystemSharedMemoryUnregisterResponse;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.InferenceService.Reply;
import io.ppipe.serve.InferenceService.Reply.Answer;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import io.ppipe.serve.InferenceService.ServedModel;
import io.ppipe.serve.InferenceStatistics;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The gRPC half of the protocol. Its methods run on Armeria's executor for blocking work, never on an event loop. */
final class GrpcInference extends GRPCInferenceServiceImplBase {
    private final Intake intake;
    private final InFlight inFlight;
    private final String version;

    GrpcInference(Intake intake, InFlight inFlight, String version) {
        this.intake = intake;
        this.inFlight = inFlight;
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
                        .addAllExtensions(intake.extensions().names())
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
                        .addVersions(model.version())
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

    @Override
    public void modelConfig(ModelConfigRequest request, StreamObserver<ModelConfigResponse> client) {
        Optional<ServedModel> model = intake.model(request.getName(), request.getVersion());
        if (model.isEmpty()) {
            client.onError(GrpcErrors.refusal(intake.unknown(request.getName(), request.getVersion())));
            return;
        }
        answer(
                client,
                ModelConfigResponse.newBuilder()
                        .setConfig(ModelConfigs.of(model.get()))
                        .build());
    }

    @Override
    public void modelStatistics(ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> client) {
        List<InferenceStatistics> found = intake.statistics(request.getName(), request.getVersion());
        if (found.isEmpty() && !request.getName().isEmpty()) {
            client.onError(GrpcErrors.refusal(intake.unknown(request.getName(), request.getVersion())));
            return;
        }
        answer(
                client,
                ModelStatisticsResponse.newBuilder()
                        .addAllModelStats(found.stream().map(GrpcStatistics::of).toList())
                        .build());
    }

    @Override
    public void repositoryIndex(RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> client) {
        guarded(client, () -> GrpcRepository.index(intake.extensions(), request));
    }

    @Override
    public void repositoryModelLoad(
            RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> client) {
        ServiceRequestContext.current().clearRequestTimeout(); // loading a large model takes its time
        guarded(client, () -> GrpcRepository.load(intake.extensions(), request));
    }

    @Override
    public void repositoryModelUnload(
            RepositoryModelUnloadRequest request, StreamObserver<RepositoryModelUnloadResponse> client) {
        guarded(client, () -> GrpcRepository.unload(intake.extensions(), request));
    }

    @Override
    public void systemSharedMemoryStatus(
            SystemSharedMemoryStatusRequest request, StreamObserver<SystemSharedMemoryStatusResponse> client) {
        guarded(client, () -> GrpcSharedMemory.status(intake.extensions(), request));
    }

    @Override
    public void systemSharedMemoryRegister(
            SystemSharedMemoryRegisterRequest request, StreamObserver<SystemSharedMemoryRegisterResponse> client) {
        guarded(client, () -> GrpcSharedMemory.register(intake.extensions(), request));
    }

    @Override
    public void systemSharedMemoryUnregister(
            SystemSharedMemoryUnregisterRequest request, StreamObserver<SystemSharedMemoryUnregisterResponse> client) {
        guarded(client, () -> GrpcSharedMemory.unregister(intake.extensions(), request));
    }

    private static <T> void guarded(StreamObserver<T> client, Supplier<T> response) {
        T ready;
        try {
            ready = response.get();
        } catch (StatusRuntimeException refused) {
            client.onError(refused);
            return;
        } catch (RuntimeException e) {
            client.onError(GrpcErrors.failure(e));
            return;
        }
        answer(client, ready);
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
            Call call = GrpcMessages.call(request, intake.extensions(), Timeout.ofGrpc(ctx));
            CompletableFuture<Reply> reply =
                    intake.infer(call, request.getModelVersion(), GrpcMessages.asBytes(request));
            ((ServerCallStreamObserver<ModelInferResponse>) client).setOnCancelHandler(() -> reply.cancel(true));
            var _ = reply.whenCompleteAsync(
                    (done, failure) -> finish(client, request, done, failure), ctx.blockingTaskExecutor());
        } catch (RuntimeException e) {
            client.onError(GrpcErrors.failure(e));
        }
    }

    @Override
    public StreamObserver<ModelInferRequest> modelStreamInfer(StreamObserver<ModelStreamInferResponse> client) {
        return InferStream.open(
                intake, inFlight, ServiceRequestContext.current(), (ServerCallStreamObserver<ModelStreamInferResponse>)
                        client);
    }

    private void finish(
            StreamObserver<ModelInferResponse> client,
            ModelInferRequest request,
            @Nullable Reply reply,
            @Nullable Throwable failure) {
        if (((ServerCallStreamObserver<?>) client).isCancelled()) {
            return; // nobody listens
        }
        try {
            switch (reply) {
                case Answer given -> answer(client, GrpcMessages.response(request, given, intake.extensions()));
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
