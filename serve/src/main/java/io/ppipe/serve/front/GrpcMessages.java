package io.ppipe.serve.front;

import com.google.protobuf.ByteString;
import io.ppipe.model.BadInputException;
import io.ppipe.protocol.v2.InferParameter;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferRequest.InferRequestedOutputTensor;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.protocol.v2.ModelInferResponse.InferOutputTensor;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.InferenceService.Reply.Answer;
import io.ppipe.serve.Tensor;
import io.ppipe.serve.front.SharedMemory.Place;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** Calls and answers as gRPC messages. */
final class GrpcMessages {
    private GrpcMessages() {}

    /**
     * @param deadlineMicros what is left until the deadline of the gRPC call
     * @throws BadInputException in one line for the client
     */
    static Call call(ModelInferRequest request, Extensions extensions, OptionalLong deadlineMicros) {
        for (InferRequestedOutputTensor output : request.getOutputsList()) {
            GrpcSharedMemory.place(output.getParametersMap())
                    .ifPresent(place -> extensions.memory().check(place));
        }
        return new Call(
                request.getModelName(),
                request.getId(),
                GrpcTensors.inputs(request, extensions),
                request.getOutputsList().stream()
                        .map(InferRequestedOutputTensor::getName)
                        .toList(),
                Timeout.tighter(deadlineMicros, timeout(request)));
    }

    private static OptionalLong timeout(ModelInferRequest request) {
        InferParameter timeout = request.getParametersMap().get("timeout");
        if (timeout == null) {
            return OptionalLong.empty();
        }
        return switch (timeout.getParameterChoiceCase()) {
            case INT64_PARAM -> Timeout.ofParameter(timeout.getInt64Param());
            case UINT64_PARAM -> Timeout.ofParameter(timeout.getUint64Param());
            default ->
                throw new BadInputException("Parameter timeout must be an integer (int64_param), in microseconds.");
        };
    }

    /** Returns which outputs are sent as bytes, or put into shared memory. */
    static Predicate<String> asBytes(ModelInferRequest request) {
        Map<String, Place> places = places(request);
        boolean raw = GrpcTensors.raw(request);
        return output -> raw || places.containsKey(output);
    }

    private static Map<String, Place> places(ModelInferRequest request) {
        var places = new HashMap<String, Place>();
        for (InferRequestedOutputTensor output : request.getOutputsList()) {
            GrpcSharedMemory.place(output.getParametersMap()).ifPresent(place -> places.put(output.getName(), place));
        }
        return places;
    }

    /** @throws BadInputException when an output does not fit its place in shared memory */
    static ModelInferResponse response(ModelInferRequest request, Answer answer, Extensions extensions) {
        boolean raw = GrpcTensors.raw(request);
        Map<String, Place> places = places(request);
        var response = ModelInferResponse.newBuilder()
                .setModelName(request.getModelName())
                .setModelVersion(answer.version())
                .setId(request.getId());
        answer.parameters()
                .forEach((name, value) -> response.putParameters(
                        name, InferParameter.newBuilder().setStringParam(value).build()));
        for (Tensor tensor : answer.outputs()) {
            var output = InferOutputTensor.newBuilder()
                    .setName(tensor.name())
                    .setDatatype(tensor.type().name())
                    .addAllShape(tensor.shape());
            Place place = places.get(tensor.name());
            if (place != null) {
                extensions.memory().write(place, tensor.data().duplicate());
                output.putAllParameters(
                        GrpcSharedMemory.parameters(place, tensor.data().remaining()));
                if (raw) { // clients count on one entry for each output
                    response.addRawOutputContents(ByteString.EMPTY);
                }
            } else if (raw) {
                response.addRawOutputContents(GrpcTensors.raw(tensor));
            } else {
                output.setContents(GrpcTensors.typed(tensor));
            }
            response.addOutputs(output);
        }
        return response.build();
    }
}
