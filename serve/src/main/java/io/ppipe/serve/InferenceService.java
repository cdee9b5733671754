package io.ppipe.serve;

import io.ppipe.model.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What the front ends (REST, gRPC) call. Safe for use by any thread; never blocks. */
public interface InferenceService {
    /** Most items in one call: each is scheduled by itself, but the call is answered as one. */
    int MAX_BATCH_PER_CALL = 256;

    /** Returns whether requests are accepted; false while starting and while draining. */
    boolean ready();

    /** Returns why requests are not accepted, in a word: {@code draining}, ...; empty while {@link #ready}. */
    default Optional<String> notReadyBecause() {
        return ready() ? Optional.empty() : Optional.of("draining");
    }

    /** Returns whether it can become ready again by itself, or ends in an orderly way; false = it has to be started anew. */
    default boolean live() {
        return true;
    }

    /** Returns every served model in the order of the plan. It changes where models are loaded and unloaded. */
    List<ServedModel> models();

    /** Returns facts about the server that its metadata shows, e.g. {@code emulated: true}, in the order to show them. */
    Map<String, String> facts();

    /** Returns what has been counted of every served model, in their order; nothing where nothing is counted. */
    default List<InferenceStatistics> statistics() {
        return List.of();
    }

    /**
     * Takes a request in. The future always completes, with exactly one {@link Reply}, never exceptionally. Cancelling
     * it says that the client left.
     */
    CompletableFuture<Reply> infer(Call call);

    /**
     * A model that can be asked.
     *
     * @param version the one that is served now, a whole number
     * @param platform as in the protocol's metadata, e.g. {@code onnxruntime_onnx}
     * @param facts what its metadata shows beside (pipelines, emulated classes, SLO), in the order to show them
     */
    record ServedModel(
            String name,
            String version,
            String platform,
            List<TensorSpec> inputs,
            List<TensorSpec> outputs,
            Map<String, String> facts) {
        /** A model of which there is one version, 1. */
        public ServedModel(
                String name,
                String platform,
                List<TensorSpec> inputs,
                List<TensorSpec> outputs,
                Map<String, String> facts) {
            this(name, "1", platform, inputs, outputs, facts);
        }

        /** Returns whether calls may hold several items: all tensors have a batch dimension. */
        public boolean batched() {
            return inputs.stream().allMatch(TensorSpec::batched)
                    && outputs.stream().allMatch(TensorSpec::batched);
        }
    }

    /**
     * A request as read from the wire. Its tensors are not yet checked against the model.
     *
     * @param id the client's id, "" when it gave none
     * @param inputs the tensors that it sent
     * @param outputs the outputs that it asks for; empty = all
     * @param timeoutMicros the client's own limit from now on; the tighter of it and the SLO holds
     */
    record Call(String model, String id, List<Tensor> inputs, List<String> outputs, OptionalLong timeoutMicros) {}

    /** How a request was answered. */
    sealed interface Reply {
        /**
         * Answered.
         *
         * @param version of the model that ran
         * @param parameters facts about how it was run, e.g. the pipeline, in the order to show them
         */
        record Answer(String version, List<Tensor> outputs, Map<String, String> parameters) implements Reply {
            /** An answer of the one version, 1. */
            public Answer(List<Tensor> outputs, Map<String, String> parameters) {
                this("1", outputs, parameters);
            }
        }

        /**
         * Not answered with tensors.
         *
         * @param message one line for the client: what, which value, what is allowed
         * @param retryAfterMillis when to try again, where that makes sense
         */
        record Refusal(Status status, String message, Optional<Long> retryAfterMillis) implements Reply {}
    }

    /** Why there is no answer with tensors. */
    enum Status {
        /** The request is wrong: shape, type, size, name of a tensor. */
        INVALID,
        /** No such model, or none that is loaded. */
        UNKNOWN_MODEL,
        /** The model is in the repository, but the plan has no pipeline for it. */
        NOT_PLANNED,
        /** A part of the protocol that the server was started without. */
        NOT_ENABLED,
        /** Rejected: can't be finished by its deadline. */
        DEADLINE_UNREACHABLE,
        /** Rejected: a queue is at its bound. */
        OVERLOADED,
        /** Rejected: the server is shutting down. */
        DRAINING,
        /** Admitted, then stopped because its deadline passed. */
        EXPIRED,
        /** The client left. */
        CANCELLED,
        /** Something broke inside. */
        FAILED
    }
}
