package io.ppipe.zoo;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.ppipe.format.WholeFile;
import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/*
 * Protocol buffers are written front to back, and a message's length stands before it. The lengths of weights are known
 * before they are drawn, so the graph's length is too: the file is written with one buffer of memory, whatever its size.
 *
 *     model fields | graph: tag, length | nodes, small constants | initializer: tag, length, name and shape, raw_data ...
 */

/** Writes a built network as an ONNX file. */
final class ModelWriter {
    private static final int OPERATOR_SET = 14;
    private static final int IR_VERSION = 7;
    private static final int BUFFER_BYTES = 1 << 16;

    /** What protocol buffers can hold, and readers therefore refuse to exceed. */
    private static final long LARGEST_BYTES = Integer.MAX_VALUE;

    private ModelWriter() {}

    /**
     * @throws BadInputException when the file can't be written
     * @throws IllegalArgumentException when the model is larger than an ONNX file without external data may be
     */
    static void write(Path file, Network network, Weights weights, long seed) {
        try (var whole = WholeFile.open(file)) {
            var out = CodedOutputStream.newInstance(whole.stream(), BUFFER_BYTES);
            model().writeTo(out);
            switch (weights) {
                case SEEDED -> writeSeeded(out, network, seed);
                case EVEN -> out.writeMessage(ModelProto.GRAPH_FIELD_NUMBER, even(network));
            }
            out.flush();
            whole.finish();
        } catch (IOException e) {
            throw new BadInputException("%s can't be written: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static ModelProto model() {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("ppipe")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .build();
    }

    private static void writeSeeded(CodedOutputStream out, Network network, long seed) throws IOException {
        GraphProto graph = network.graph();
        long bytes = graph.getSerializedSize();
        for (Weight weight : network.weights()) {
            int length = tensorBytes(weight);
            bytes += CodedOutputStream.computeTagSize(GraphProto.INITIALIZER_FIELD_NUMBER)
                    + CodedOutputStream.computeUInt32SizeNoTag(length)
                    + length;
        }
        if (bytes > LARGEST_BYTES) {
            throw new IllegalArgumentException("%s takes %d bytes; ONNX files may have at most %d."
                    .formatted(graph.getName(), bytes, LARGEST_BYTES));
        }
        out.writeTag(ModelProto.GRAPH_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag((int) bytes);
        graph.writeTo(out);
        var buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Weight weight : network.weights()) {
            writeWeight(out, weight, seed, buffer);
        }
    }

    private static int tensorBytes(Weight weight) {
        int data = dataBytes(weight);
        return weight.header().build().getSerializedSize()
                + CodedOutputStream.computeTagSize(TensorProto.RAW_DATA_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(data)
                + data;
    }

    private static int dataBytes(Weight weight) {
        return Math.toIntExact(weight.count() * Float.BYTES);
    }

    private static void writeWeight(CodedOutputStream out, Weight weight, long seed, ByteBuffer buffer)
            throws IOException {
        out.writeTag(GraphProto.INITIALIZER_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(tensorBytes(weight));
        weight.header().build().writeTo(out);
        int left = dataBytes(weight);
        out.writeTag(TensorProto.RAW_DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(left);
        var random = weight.random(seed);
        while (left > 0) {
            buffer.clear().limit(Math.min(left, buffer.capacity()));
            weight.draw(random, buffer);
            out.writeRawBytes(buffer.array(), buffer.arrayOffset(), buffer.limit());
            left -= buffer.limit();
        }
    }

    /** Every weight is made by a node in front of the network's own. */
    private static GraphProto even(Network network) {
        GraphProto graph = network.graph();
        GraphProto.Builder even = graph.toBuilder().clearNode();
        for (Weight weight : network.weights()) {
            String shape = weight.name() + ".shape";
            even.addInitializer(TensorProto.newBuilder()
                    .setName(shape)
                    .setDataType(TensorProto.DataType.INT64_VALUE)
                    .addDims(weight.shape().size())
                    .addAllInt64Data(
                            weight.shape().stream().map(Integer::longValue).toList()));
            even.addNode(NodeProto.newBuilder()
                    .setOpType("ConstantOfShape")
                    .setName(weight.name())
                    .addInput(shape)
                    .addOutput(weight.name())
                    .addAttribute(AttributeProto.newBuilder()
                            .setName("value")
                            .setType(AttributeProto.AttributeType.TENSOR)
                            .setT(TensorProto.newBuilder()
                                    .setDataType(TensorProto.DataType.FLOAT_VALUE)
                                    .addDims(1)
                                    .addAllFloatData(List.of((float) weight.even())))));
        }
        return even.addAllNode(graph.getNodeList()).build();
    }
}
