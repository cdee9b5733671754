package io.ppipe.serve.front;

import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import io.ppipe.protocol.v2.DataType;
import io.ppipe.protocol.v2.ModelConfig;
import io.ppipe.protocol.v2.ModelInput;
import io.ppipe.protocol.v2.ModelOutput;
import io.ppipe.protocol.v2.ModelParameter;
import io.ppipe.protocol.v2.ModelTransactionPolicy;
import io.ppipe.protocol.v2.ModelVersionPolicy;
import io.ppipe.protocol.v2.ModelVersionPolicy.Specific;
import io.ppipe.serve.InferenceService;
import io.ppipe.serve.InferenceService.ServedModel;
import java.util.List;

/** Models' configurations as the protocol has them: what is known of a served model. */
final class ModelConfigs {
    private static final String BACKEND = "onnxruntime";
    private static final String FILE = "model.onnx";

    private ModelConfigs() {}

    /** Inputs and outputs lose their batch dimension where all of them have one, as configurations want it. */
    static ModelConfig of(ServedModel model) {
        boolean batched = model.batched();
        var config = ModelConfig.newBuilder()
                .setName(model.name())
                .setPlatform(model.platform())
                .setBackend(BACKEND)
                .setVersionPolicy(ModelVersionPolicy.newBuilder()
                        .setSpecific(Specific.newBuilder().addVersions(Long.parseLong(model.version()))))
                .setMaxBatchSize(batched ? InferenceService.MAX_BATCH_PER_CALL : 0)
                .setDefaultModelFilename(FILE)
                .setModelTransactionPolicy(ModelTransactionPolicy.getDefaultInstance());
        for (TensorSpec input : model.inputs()) {
            config.addInput(ModelInput.newBuilder()
                    .setName(input.name())
                    .setDataType(type(input.type()))
                    .addAllDims(dims(input, batched)));
        }
        for (TensorSpec output : model.outputs()) {
            config.addOutput(ModelOutput.newBuilder()
                    .setName(output.name())
                    .setDataType(type(output.type()))
                    .addAllDims(dims(output, batched)));
        }
        model.facts()
                .forEach((name, value) -> config.putParameters(
                        name, ModelParameter.newBuilder().setStringValue(value).build()));
        return config.build();
    }

    private static List<Long> dims(TensorSpec spec, boolean batched) {
        return batched ? spec.shape().subList(1, spec.shape().size()) : spec.shape();
    }

    private static DataType type(ElementType type) {
        return switch (type) {
            case BOOL -> DataType.TYPE_BOOL;
            case UINT8 -> DataType.TYPE_UINT8;
            case UINT16 -> DataType.TYPE_UINT16;
            case UINT32 -> DataType.TYPE_UINT32;
            case UINT64 -> DataType.TYPE_UINT64;
            case INT8 -> DataType.TYPE_INT8;
            case INT16 -> DataType.TYPE_INT16;
            case INT32 -> DataType.TYPE_INT32;
            case INT64 -> DataType.TYPE_INT64;
            case FP16 -> DataType.TYPE_FP16;
            case BF16 -> DataType.TYPE_BF16;
            case FP32 -> DataType.TYPE_FP32;
            case FP64 -> DataType.TYPE_FP64;
            case BYTES -> DataType.TYPE_STRING;
        };
    }
}
