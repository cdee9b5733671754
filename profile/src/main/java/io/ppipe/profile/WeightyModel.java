package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** Writes a model whose large weights aren't in memory: what {@link Weightless} took out goes back in its place. */
final class WeightyModel {
    /** Protobuf counts in ints. */
    static final long MAX_BYTES = Integer.MAX_VALUE;

    private WeightyModel() {}

    /** Returns the size that the file will have. */
    static long sizeBytes(ModelProto model, Map<String, MemorySegment> weights) {
        long graph = graphBytes(model.getGraph(), weights);
        return withoutGraph(model).getSerializedSize() + header(ModelProto.GRAPH_FIELD_NUMBER, graph) + graph;
    }

    /**
     * Writes the file.
     *
     * @param weights data by the names of initialisers; the others have theirs inside, or none
     * @throws IOException when it can't be written, or would take more than {@link #MAX_BYTES}
     */
    static void write(ModelProto model, Map<String, MemorySegment> weights, OutputStream to) throws IOException {
        long size = sizeBytes(model, weights);
        if (size > MAX_BYTES) {
            throw new IOException("it would take %d bytes, and an ONNX file at most %d".formatted(size, MAX_BYTES));
        }
        CodedOutputStream out = CodedOutputStream.newInstance(to);
        withoutGraph(model).writeTo(out);
        open(ModelProto.GRAPH_FIELD_NUMBER, graphBytes(model.getGraph(), weights), out);
        model.getGraph().toBuilder().clearInitializer().build().writeTo(out);
        for (TensorProto tensor : model.getGraph().getInitializerList()) {
            open(GraphProto.INITIALIZER_FIELD_NUMBER, tensorBytes(tensor, weights), out);
            tensor.writeTo(out);
            MemorySegment data = weights.get(tensor.getName());
            if (data != null) {
                open(TensorProto.RAW_DATA_FIELD_NUMBER, data.byteSize(), out);
                MappedFile.copy(data, out::writeRawBytes);
            }
        }
        out.flush();
    }

    private static ModelProto withoutGraph(ModelProto model) {
        return model.toBuilder().clearGraph().build();
    }

    private static long graphBytes(GraphProto graph, Map<String, MemorySegment> weights) {
        List<TensorProto> tensors = graph.getInitializerList();
        long bytes = graph.toBuilder().clearInitializer().build().getSerializedSize();
        for (TensorProto tensor : tensors) {
            long size = tensorBytes(tensor, weights);
            bytes += header(GraphProto.INITIALIZER_FIELD_NUMBER, size) + size;
        }
        return bytes;
    }

    private static long tensorBytes(TensorProto tensor, Map<String, MemorySegment> weights) {
        MemorySegment data = weights.get(tensor.getName());
        long inside = tensor.getSerializedSize();
        return data == null
                ? inside
                : inside + header(TensorProto.RAW_DATA_FIELD_NUMBER, data.byteSize()) + data.byteSize();
    }

    private static int header(int field, long length) {
        return CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt64SizeNoTag(length);
    }

    private static void open(int field, long length, CodedOutputStream out) throws IOException {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt64NoTag(length);
    }
}
