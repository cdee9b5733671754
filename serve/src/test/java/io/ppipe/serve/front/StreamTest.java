package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.ppipe.protocol.v2.InferParameter;
import io.ppipe.protocol.v2.InferTensorContents;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferRequest.InferInputTensor;
import io.ppipe.protocol.v2.ModelStreamInferResponse;
import io.ppipe.serve.InferenceService.Reply.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streaming inference with the generated client. */
@Timeout(60)
class StreamTest {
    private final DoublingService service = new DoublingService();
    private FrontEnd server;
    private FrontEndClients clients;
    private Answers answers = new Answers(0);

    /** What comes back; reads as many messages as it is told to. */
    private static final class Answers implements ClientResponseObserver<ModelInferRequest, ModelStreamInferResponse> {
        private final BlockingQueue<ModelStreamInferResponse> came = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();
        private final int first;
        private @Nullable ClientCallStreamObserver<ModelInferRequest> stream;

        Answers(int first) {
            this.first = first;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ModelInferRequest> requests) {
            stream = requests;
            requests.disableAutoRequestWithInitial(first);
        }

        @Override
        public void onNext(ModelStreamInferResponse response) {
            came.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }

    @BeforeEach
    void start() {
        server = FrontEnd.start(service, new FrontEndSettings("127.0.0.1", 0, 1 << 20, "0.1.0"));
        clients = new FrontEndClients(server.port());
    }

    @AfterEach
    void stop() {
        clients.close();
        server.close();
    }

    private StreamObserver<ModelInferRequest> open(int first) {
        answers = new Answers(first);
        return clients.grpcAsync().modelStreamInfer(answers);
    }

    @Test
    void answersEveryRequestWithItsId() throws Exception {
        StreamObserver<ModelInferRequest> requests = open(Integer.MAX_VALUE);
        for (int i = 0; i < 500; i++) {
            requests.onNext(request("double", Integer.toString(i), i));
        }
        requests.onCompleted();

        assertThat(answers.end.get(30, TimeUnit.SECONDS)).isEqualTo(Status.OK);
        assertThat(answers.came).hasSize(500);
        for (ModelStreamInferResponse response : answers.came) {
            assertThat(response.getErrorMessage()).isEmpty();
            float id = Float.parseFloat(response.getInferResponse().getId());
            assertThat(response.getInferResponse().getOutputs(0).getContents().getFp32Contents(0))
                    .isEqualTo(2 * id);
            assertThat(response.getInferResponse()
                            .getParametersOrThrow("triton_final_response")
                            .getBoolParam())
                    .isTrue();
        }
    }

    @Test
    void answersLaterRequestsBeforeOnesThatAreNotDone() throws Exception {
        StreamObserver<ModelInferRequest> requests = open(Integer.MAX_VALUE);
        requests.onNext(request("never", "slow", 1));
        DoublingService.Taken slow = service.taken.poll(10, TimeUnit.SECONDS);
        requests.onNext(request("double", "fast", 1));

        assertThat(next().getInferResponse().getId()).isEqualTo("fast");
        assertThat(slow).isNotNull();
        slow.reply().complete(new Answer(List.of(), Map.of()));
        assertThat(next().getInferResponse().getId()).isEqualTo("slow");
    }

    @Test
    void answersWrongRequestsWithAMessageAndGoesOn() throws Exception {
        StreamObserver<ModelInferRequest> requests = open(Integer.MAX_VALUE);
        requests.onNext(request("nothing", "a", 1));
        requests.onNext(request("refuse_overloaded", "b", 1));
        requests.onNext(request("double", "c", 1).toBuilder()
                .addRawInputContents(ByteString.EMPTY)
                .build());
        requests.onNext(request("double", "d", 1).toBuilder()
                .putParameters(
                        "triton_enable_empty_final_response",
                        InferParameter.newBuilder().setStringParam("yes").build())
                .build());
        requests.onNext(request("double", "e", 1).toBuilder()
                .putParameters(
                        "triton_enable_empty_final_response",
                        InferParameter.newBuilder().setBoolParam(true).build())
                .build());
        requests.onCompleted();

        assertThat(answers.end.get(10, TimeUnit.SECONDS)).isEqualTo(Status.OK);
        assertThat(answers.came)
                .extracting(
                        response -> response.getInferResponse().getId(),
                        response -> response.getInferResponse()
                                .getParametersOrDefault("ppipe-cause", InferParameter.getDefaultInstance())
                                .getStringParam())
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("a", "unknown_model"),
                        org.assertj.core.groups.Tuple.tuple("b", "overloaded"),
                        org.assertj.core.groups.Tuple.tuple("c", "invalid"),
                        org.assertj.core.groups.Tuple.tuple("d", "invalid"),
                        org.assertj.core.groups.Tuple.tuple("e", ""));
    }

    @Test
    void takesNoMoreThanItsBoundWhileNothingIsDone() throws Exception {
        StreamObserver<ModelInferRequest> requests = open(Integer.MAX_VALUE);
        for (int i = 0; i < 3 * InferStream.MAX_IN_FLIGHT; i++) {
            requests.onNext(request("never", Integer.toString(i), 1));
        }

        var taken = new ArrayList<DoublingService.Taken>();
        for (int i = 0; i < InferStream.MAX_IN_FLIGHT; i++) {
            taken.add(service.taken.poll(10, TimeUnit.SECONDS));
        }
        assertThat(taken).doesNotContainNull();
        assertThat(service.taken.poll(300, TimeUnit.MILLISECONDS)).isNull();

        taken.getFirst().reply().complete(new Answer(List.of(), Map.of()));
        assertThat(service.taken.poll(10, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void stopsReadingFromAClientThatDoesNotRead() throws Exception {
        StreamObserver<ModelInferRequest> requests = open(1);
        int requestCount = 4000;
        ModelInferRequest large = large();
        for (int i = 0; i < requestCount; i++) {
            requests.onNext(large);
        }
        int before = -1;
        while (service.taken.size() != before) { // until nothing moves any more
            before = service.taken.size();
            TimeUnit.MILLISECONDS.sleep(500);
        }
        assertThat(before).isLessThan(requestCount / 2);

        Objects.requireNonNull(answers.stream).request(Integer.MAX_VALUE);
        requests.onCompleted();
        assertThat(answers.end.get(40, TimeUnit.SECONDS)).isEqualTo(Status.OK);
        assertThat(answers.came).hasSize(requestCount);
    }

    @Test
    void cancelsItsRequestsWhenTheClientLeaves() throws Exception {
        StreamObserver<ModelInferRequest> requests = open(Integer.MAX_VALUE);
        requests.onNext(request("never", "a", 1));
        DoublingService.Taken taken = service.taken.poll(10, TimeUnit.SECONDS);

        Objects.requireNonNull(answers.stream).cancel("test", null);

        assertThat(taken).isNotNull();
        assertThat(taken.reply()).failsWithin(10, TimeUnit.SECONDS);
        assertThat(taken.reply()).isCancelled();
    }

    @Test
    void endsStreamsWhenTheServerDrains() throws Exception {
        StreamObserver<ModelInferRequest> requests = open(Integer.MAX_VALUE);
        requests.onNext(request("never", "a", 1));
        DoublingService.Taken taken = service.taken.poll(10, TimeUnit.SECONDS);
        Thread closer = Thread.ofVirtual().start(server::close);

        TimeUnit.MILLISECONDS.sleep(100);
        assertThat(answers.end).isNotDone();
        assertThat(taken).isNotNull();
        taken.reply().complete(new Answer(List.of(), Map.of()));

        assertThat(next().getInferResponse().getId()).isEqualTo("a");
        assertThat(answers.end.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        closer.join();
    }

    private ModelStreamInferResponse next() throws InterruptedException {
        ModelStreamInferResponse response = answers.came.poll(10, TimeUnit.SECONDS);
        assertThat(response).isNotNull();
        return response;
    }

    private static ModelInferRequest large() {
        var contents = InferTensorContents.newBuilder();
        for (int i = 0; i < 4; i++) {
            contents.addBytesContents(ByteString.copyFrom(new byte[16 << 10]));
        }
        return ModelInferRequest.newBuilder()
                .setModelName("echo_bytes")
                .addInputs(InferInputTensor.newBuilder()
                        .setName("x")
                        .setDatatype("BYTES")
                        .addAllShape(List.of(1L, 4L))
                        .setContents(contents))
                .build();
    }

    private static ModelInferRequest request(String model, String id, float value) {
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .setId(id)
                .addInputs(InferInputTensor.newBuilder()
                        .setName("x")
                        .setDatatype("FP32")
                        .addAllShape(List.of(1L, 3L))
                        .setContents(InferTensorContents.newBuilder().addAllFp32Contents(List.of(value, value, value))))
                .build();
    }
}
