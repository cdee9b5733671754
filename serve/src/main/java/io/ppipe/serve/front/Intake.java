package io.ppipe.serve.front;

import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import io.ppipe.serve.InferenceService;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.InferenceService.Reply;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import io.ppipe.serve.InferenceService.ServedModel;
import io.ppipe.serve.InferenceService.Status;
import io.ppipe.serve.InferenceStatistics;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** What REST and gRPC share: a request is checked against the model, then handed to the service. */
final class Intake {
    static final String SERVER_NAME = "ppipe";

    private final InferenceService service;
    private final Extensions extensions;
    private final InFlight inFlight;
    private final AnswerTimes answerTimes;

    Intake(InferenceService service, Extensions extensions, InFlight inFlight, AnswerTimes answerTimes) {
        this.service = service;
        this.extensions = extensions;
        this.inFlight = inFlight;
        this.answerTimes = answerTimes;
    }

    Extensions extensions() {
        return extensions;
    }

    InferenceService service() {
        return service;
    }

    boolean ready() {
        return notReadyBecause().isEmpty();
    }

    /** Returns why it is not ready; empty while it is. */
    Optional<String> notReadyBecause() {
        return inFlight.draining() ? Optional.of("draining") : service.notReadyBecause();
    }

    /** @param version "" = whichever is served */
    Optional<ServedModel> model(String name, String version) {
        return service.models().stream()
                .filter(model -> model.name().equals(name)
                        && (version.isEmpty() || model.version().equals(version)))
                .findFirst();
    }

    /**
     * @param name "" = every model
     * @param version "" = whichever is served
     */
    List<InferenceStatistics> statistics(String name, String version) {
        return service.statistics().stream()
                .filter(statistics -> name.isEmpty() || statistics.model().equals(name))
                .filter(statistics -> version.isEmpty() || statistics.version().equals(version))
                .toList();
    }

    Refusal unknown(String name, String version) {
        Optional<Refusal> reason = model(name, "").isPresent()
                ? Optional.empty()
                : extensions.repository().flatMap(repository -> repository.unavailable(name));
        return reason.orElseGet(() -> unserved(name, version));
    }

    private Refusal unserved(String name, String version) {
        List<String> names = service.models().stream().map(ServedModel::name).toList();
        String what = model(name, "")
                .map(model -> "Model %s has no version %s; its version is %s."
                        .formatted(RequestCheck.quoted(name), RequestCheck.quoted(version), model.version()))
                .orElseGet(() ->
                        "No model %s; served are: %s.".formatted(RequestCheck.quoted(name), String.join(", ", names)));
        return new Refusal(Status.UNKNOWN_MODEL, what, Optional.empty());
    }

    static Refusal invalid(String message) {
        return new Refusal(Status.INVALID, message, Optional.empty());
    }

    /**
     * Checks a request and, when it is right, hands it to the service.
     *
     * @param binary which outputs the client takes as bytes; the others must have a type that its form can carry
     */
    CompletableFuture<Reply> infer(Call call, String version, Predicate<String> binary) {
        Optional<ServedModel> model = model(call.model(), version);
        if (model.isEmpty()) {
            return CompletableFuture.completedFuture(unknown(call.model(), version));
        }
        if (inFlight.draining()) {
            return CompletableFuture.completedFuture(
                    new Refusal(Status.DRAINING, "The server is shutting down; ask another.", Optional.empty()));
        }
        Optional<String> wrong = RequestCheck.check(model.get(), call)
                .or(() -> onlyBinary(model.get().outputs(), call, binary));
        if (wrong.isPresent()) {
            return CompletableFuture.completedFuture(invalid(wrong.get()));
        }
        CompletableFuture<Reply> reply = service.infer(call);
        answerTimes.watch(call.model(), reply);
        return reply;
    }

    private static Optional<String> onlyBinary(List<TensorSpec> outputs, Call call, Predicate<String> binary) {
        return outputs.stream()
                .filter(spec -> call.outputs().isEmpty() || call.outputs().contains(spec.name()))
                .filter(spec -> !listable(spec.type()) && !binary.test(spec.name()))
                .map(spec -> "Output %s is %s, which has no form as a list of numbers; ask for it as binary (raw) data."
                        .formatted(RequestCheck.quoted(spec.name()), spec.type()))
                .findFirst();
    }

    /** Returns whether elements of this type can be listed in JSON or in typed contents; the protocol has no form for halves. */
    static boolean listable(ElementType type) {
        return type != ElementType.FP16 && type != ElementType.BF16;
    }
}
