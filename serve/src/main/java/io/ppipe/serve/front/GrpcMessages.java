package io.ppipe.serve.front;

import io.ppipe.model.BadInputException;
import io.ppipe.protocol.v2.InferParameter;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelInferRequest.InferRequestedOutputTensor;
import io.ppipe.protocol.v2.ModelInferResponse;
import io.ppipe.protocol.v2.ModelInferResponse.InferOutputTensor;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.InferenceService.Reply.Answer;
import io.ppipe.serve.Tensor;
import java.util.OptionalLong;

/** Calls and answers as gRPC messages. */
final class GrpcMessages {
    private GrpcMessages() {}

    /**
     * @param deadlineMicros what is left until the deadline of the gRPC call
     * @throws BadInputException in one line for the client
     */
    static Call call(ModelInferRequest request, OptionalLong deadlineMicros) {
        return new Call(
                request.getModelName(),
                request.getId(),
                GrpcTensors.inputs(request),
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

    static ModelInferResponse response(ModelInferRequest request, Answer answer) {
        boolean raw = GrpcTensors.raw(request);
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
            if (raw) {
                response.addRawOutputContents(GrpcTensors.raw(tensor));
            } else {
                output.setContents(GrpcTensors.typed(tensor));
            }
            response.addOutputs(output);
        }
        return response.build();
    }
}
