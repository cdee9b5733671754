package io.ppipe.serve.front;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.ppipe.model.BadInputException;
import io.ppipe.protocol.v2.InferParameter;
import io.ppipe.protocol.v2.InferParameter.ParameterChoiceCase;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.protocol.v2.ModelStreamInferResponse;
import io.ppipe.serve.InferenceService.Reply;
import io.ppipe.serve.InferenceService.Reply.Answer;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import io.ppipe.serve.InferenceService.Status;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One stream of inference requests, each answered as soon as it is done, in no promised order. A request that is refused is
 * answered with a message, and the stream goes on.
 *
 * <p>Of a stream at most {@value #MAX_IN_FLIGHT} requests are taken off the wire whose answers aren't: a client that reads
 * slowly is soon not read from any more, and holds no more memory than that.
 */
final class InferStream implements StreamObserver<ModelInferRequest> {
    /** Enough for a camera's frames within a usual SLO, few enough to bound what one connection holds. */
    static final int MAX_IN_FLIGHT = 64;

    private static final String EMPTY_FINAL_RESPONSE = "triton_enable_empty_final_response";
    private static final InferParameter TRUE =
            InferParameter.newBuilder().setBoolParam(true).build();

    private final Intake intake;
    private final InFlight inFlight;
    private final ServiceRequestContext ctx;
    private final ServerCallStreamObserver<ModelStreamInferResponse> client;
    private final Runnable onDrain = this::send;

    private final Queue<ModelStreamInferResponse> done = new ArrayDeque<>();
    /** By number. */
    private final Map<Long, CompletableFuture<Reply>> running = new HashMap<>();

    private long nextNumber;
    private int taken;
    private boolean halfClosed;
    private boolean closed;

    private InferStream(
            Intake intake,
            InFlight inFlight,
            ServiceRequestContext ctx,
            ServerCallStreamObserver<ModelStreamInferResponse> client) {
        this.intake = intake;
        this.inFlight = inFlight;
        this.ctx = ctx;
        this.client = client;
    }

    /** Begins to read requests; call on the thread that the stream came on. */
    static InferStream open(
            Intake intake,
            InFlight inFlight,
            ServiceRequestContext ctx,
            ServerCallStreamObserver<ModelStreamInferResponse> client) {
        var stream = new InferStream(intake, inFlight, ctx, client);
        ctx.clearRequestTimeout(); // a stream may last; its requests have deadlines of their own
        client.disableAutoRequest();
        client.setOnReadyHandler(stream::send);
        client.setOnCancelHandler(stream::abandon);
        client.request(MAX_IN_FLIGHT);
        inFlight.onDrain(stream.onDrain);
        return stream;
    }

    @Override
    public void onNext(ModelInferRequest request) {
        synchronized (this) {
            taken++;
        }
        try {
            checkFinalResponse(request);
            var call = GrpcMessages.call(request, intake.extensions(), Timeout.ofGrpc(ctx));
            CompletableFuture<Reply> reply =
                    intake.infer(call, request.getModelVersion(), GrpcMessages.asBytes(request));
            long number = keep(reply);
            var _ = reply.whenCompleteAsync(
                    (answer, failure) -> {
                        forget(number);
                        if (!reply.isCancelled()) { // else nobody listens
                            finish(response(request, answer, failure));
                        }
                    },
                    ctx.blockingTaskExecutor());
        } catch (RuntimeException e) {
            finish(refused(request, GrpcErrors.asRefusal(e)));
        }
    }

    private static void checkFinalResponse(ModelInferRequest request) {
        InferParameter wanted = request.getParametersMap().get(EMPTY_FINAL_RESPONSE);
        if (wanted != null && wanted.getParameterChoiceCase() != ParameterChoiceCase.BOOL_PARAM) {
            throw new BadInputException(
                    "Parameter %s must be true or false (bool_param).".formatted(EMPTY_FINAL_RESPONSE));
        }
    }

    private ModelStreamInferResponse response(
            ModelInferRequest request, @Nullable Reply reply, @Nullable Throwable failure) {
        try {
            return switch (reply) {
                case Answer answer ->
                    ModelStreamInferResponse.newBuilder()
                            .setInferResponse(GrpcMessages.response(request, answer, intake.extensions()).toBuilder()
                                    .putParameters("triton_final_response", TRUE))
                            .build();
                case Refusal refusal -> refused(request, refusal);
                case null ->
                    refused(
                            request,
                            GrpcErrors.asRefusal(
                                    failure == null ? new AssertionError("a reply without content") : failure));
            };
        } catch (RuntimeException e) {
            return refused(request, GrpcErrors.asRefusal(e));
        }
    }

    private static ModelStreamInferResponse refused(ModelInferRequest request, Refusal refusal) {
        String cause = WireStatus.of(refusal.status()).cause();
        return ModelStreamInferResponse.newBuilder()
                .setErrorMessage(refusal.message())
                .setInferResponse(ModelInferResponse.newBuilder()
                        .setModelName(request.getModelName())
                        .setModelVersion(request.getModelVersion())
                        .setId(request.getId())
                        .putParameters(
                                WireStatus.CAUSE_HEADER,
                                InferParameter.newBuilder()
                                        .setStringParam(cause)
                                        .build())
                        .putParameters("triton_final_response", TRUE))
                .build();
    }

    private long keep(CompletableFuture<Reply> reply) {
        boolean late;
        long number;
        synchronized (this) {
            late = closed;
            number = nextNumber++;
            running.put(number, reply);
        }
        if (late) { // the client left while the request was read
            reply.cancel(true);
        }
        return number;
    }

    private synchronized void forget(long number) {
        running.remove(number);
    }

    private void finish(ModelStreamInferResponse response) {
        synchronized (this) {
            done.add(response);
        }
        send();
    }

    /** Sends what is done as long as the client reads, and takes as many more requests. */
    private synchronized void send() {
        while (!closed && client.isReady()) {
            ModelStreamInferResponse next = done.poll();
            if (next == null) {
                endIfThrough();
                return;
            }
            taken--;
            client.onNext(next);
            if (!halfClosed) {
                client.request(1);
            }
        }
    }

    private void endIfThrough() {
        boolean draining = inFlight.draining();
        if (taken > 0 || !(halfClosed || draining)) {
            return;
        }
        close();
        if (halfClosed) {
            client.onCompleted();
        } else {
            client.onError(GrpcErrors.refusal(
                    new Refusal(Status.DRAINING, "The server is shutting down; ask another.", Optional.empty())));
        }
    }

    private void close() {
        closed = true;
        inFlight.forget(onDrain);
    }

    /** The client left: what runs for it is cancelled. */
    private void abandon() {
        List<CompletableFuture<Reply>> left;
        synchronized (this) {
            close();
            done.clear();
            left = List.copyOf(running.values());
        }
        left.forEach(reply -> reply.cancel(true));
    }

    @Override
    public void onError(Throwable failure) {
        abandon();
    }

    @Override
    public void onCompleted() {
        synchronized (this) {
            halfClosed = true;
        }
        send();
    }
}
