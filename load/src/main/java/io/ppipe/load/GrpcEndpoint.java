package io.ppipe.load;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc.GRPCInferenceServiceFutureStub;
import io.ppipe.protocol.v2.InferParameter;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.protocol.v2.ModelMetadataRequest;
import io.ppipe.protocol.v2.ModelMetadataResponse;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The protocol over gRPC without TLS, tensors as raw contents both ways. */
final class GrpcEndpoint implements Endpoint {
    private static final io.grpc.Metadata.Key<String> CAUSE =
            io.grpc.Metadata.Key.of("ppipe-cause", io.grpc.Metadata.ASCII_STRING_MARSHALLER);

    private final URI target;
    private final String model;
    private final ClientFactory connections = Endpoint.connections();

    GrpcEndpoint(URI target, String model) {
        this.target = target;
        this.model = model;
    }

    private GRPCInferenceServiceFutureStub stub(Duration answerLimit) {
        return GrpcClients.builder("gproto+h2c://" + target.getAuthority())
                .factory(connections)
                .responseTimeout(answerLimit)
                .maxResponseLength(ANSWER_BYTES_MAX)
                .maxResponseMessageLength((int) ANSWER_BYTES_MAX)
                .build(GRPCInferenceServiceFutureStub.class);
    }

    @Override
    public Metadata metadata() {
        var request = ModelMetadataRequest.newBuilder().setName(model).build();
        try {
            ModelMetadataResponse response = await(stub(METADATA_LIMIT).modelMetadata(request));
            return new Metadata(
                    response.getInputsList().stream().map(GrpcEndpoint::spec).toList(), OptionalLong.empty());
        } catch (StatusRuntimeException e) {
            Status status = e.getStatus();
            String said = status.getCode()
                    + RestWire.suffix(Objects.requireNonNullElse(status.getDescription(), "")
                            .lines()
                            .findFirst()
                            .orElse(""));
            throw switch (status.getCode()) {
                case NOT_FOUND, INVALID_ARGUMENT -> refused("model " + model + " is not served there", said, e);
                case UNIMPLEMENTED -> refused("not an Open Inference Protocol v2 server", said, e);
                default -> Unreachable.of(target, e);
            };
        } catch (IllegalArgumentException e) { // an unknown type, or a shape that is none
            throw new BadInputException(
                    "Target %s: model %s has an input that cannot be read: %s".formatted(target, model, e.getMessage()),
                    e);
        }
    }

    private BadInputException refused(String what, String said, StatusRuntimeException cause) {
        return new BadInputException("Target %s: %s: %s.".formatted(target, what, said), cause);
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StatusRuntimeException status) {
                throw status;
            }
            throw new AssertionError(e); // stubs fail with nothing else
        } catch (InterruptedException e) {
            throw LoadGenerator.interrupted();
        }
    }

    private static TensorSpec spec(ModelMetadataResponse.TensorMetadata input) {
        return new TensorSpec(
                input.getName(),
                ElementType.valueOf(input.getDatatype()),
                input.getShapeList().stream()
                        .map(dimension -> dimension == -1 ? 1 : dimension)
                        .toList());
    }

    @Override
    public Requests requests(List<Payload> payloads, OptionalLong timeoutMicros, Duration answerLimit) {
        GRPCInferenceServiceFutureStub stub = stub(answerLimit);
        List<ModelInferRequest> requests = payloads.stream()
                .map(payload -> request(payload, timeoutMicros))
                .toList();
        return (payloadIndex, receiver) -> Futures.addCallback(
                stub.modelInfer(requests.get(payloadIndex)),
                new FutureCallback<ModelInferResponse>() {
                    @Override
                    public void onSuccess(@Nullable ModelInferResponse response) {
                        receiver.ended(System.nanoTime(), reply(Objects.requireNonNull(response)));
                    }

                    @Override
                    public void onFailure(Throwable thrown) {
                        receiver.ended(System.nanoTime(), reply(thrown));
                    }
                },
                MoreExecutors.directExecutor());
    }

    private ModelInferRequest request(Payload payload, OptionalLong timeoutMicros) {
        var request = ModelInferRequest.newBuilder().setModelName(model);
        timeoutMicros.ifPresent(timeout -> request.putParameters(
                "timeout", InferParameter.newBuilder().setInt64Param(timeout).build()));
        for (InputTensor input : payload.inputs()) {
            request.addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                    .setName(input.name())
                    .setDatatype(input.type().name())
                    .addAllShape(input.shape()));
            request.addRawInputContents(UnsafeByteOperations.unsafeWrap(input.data()));
        }
        return request.build();
    }

    private static Reply reply(ModelInferResponse response) {
        List<ByteString> contents = response.getRawOutputContentsList();
        if (contents.isEmpty() || contents.size() != response.getOutputsCount()) {
            return new Reply.Failed(
                    Reply.Failed.BAD_ANSWER,
                    "%d outputs, %d raw output contents".formatted(response.getOutputsCount(), contents.size()));
        }
        var outputs = new LinkedHashMap<String, ByteBuffer>();
        for (int i = 0; i < contents.size(); i++) {
            outputs.put(
                    response.getOutputs(i).getName(),
                    contents.get(i).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
        }
        return new Reply.Answered(outputs);
    }

    private static Reply reply(Throwable thrown) {
        if (!(thrown instanceof StatusRuntimeException e) || e.getStatus().getCause() != null) {
            return Reply.ofBroken(thrown); // made by the client: the server's own statuses carry no exception
        }
        String code = e.getStatus().getCode().name().toLowerCase(Locale.ROOT);
        String cause = e.getTrailers() == null ? null : e.getTrailers().get(CAUSE);
        return switch (e.getStatus().getCode()) {
            case DEADLINE_EXCEEDED -> new Reply.Expired();
            case ABORTED, RESOURCE_EXHAUSTED, UNAVAILABLE ->
                "expired".equals(cause)
                        ? new Reply.Expired()
                        : new Reply.Rejected(Objects.requireNonNullElse(cause, "grpc_" + code));
            default ->
                new Reply.Failed(
                        "grpc_" + code, Objects.requireNonNullElse(e.getStatus().getDescription(), ""));
        };
    }

    @Override
    public void close() {
        // Not waited for: the network threads, daemons, stay around for 2 s.
        CompletableFuture<?> ignored = connections.closeAsync();
    }
}
