package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/*
 * A model is nearly all weights, and protobuf's parser copies every byte. So the weights are left out before it sees the
 * file: a walk over the wire format (a tag, a length, a message inside a message) finds the raw data of the graph's
 * initialisers, and copies everything else. What is no such message is copied as it stands, for the parser to judge.
 */

/**
 * The bytes of an ONNX file without its large weights.
 *
 * @param bytes a {@code ModelProto} in which they have no data
 * @param weights the raw data of every initialiser, in the file's order; nothing for those that kept theirs
 */
record Weightless(byte[] bytes, List<Optional<MemorySegment>> weights) {
    /** Smaller ones stay: they may be shapes and axes, which decide about other shapes. */
    static final long KEPT_BYTES = 4096;

    static Weightless of(MemorySegment file) {
        var weights = new ArrayList<Optional<MemorySegment>>();
        var out = new ByteArrayOutputStream(1 << 16);
        copy(file, out, ModelProto.GRAPH_FIELD_NUMBER, graph -> {
            var inner = new ByteArrayOutputStream(1 << 16);
            copy(graph, inner, GraphProto.INITIALIZER_FIELD_NUMBER, tensor -> Optional.of(tensor(tensor, weights)));
            return Optional.of(inner);
        });
        return new Weightless(out.toByteArray(), weights);
    }

    /** Makes another message of one, or nothing. */
    private interface Rewriting {
        Optional<ByteArrayOutputStream> of(MemorySegment message);
    }

    private static ByteArrayOutputStream tensor(MemorySegment tensor, List<Optional<MemorySegment>> weights) {
        var out = new ByteArrayOutputStream();
        var data = new ArrayList<MemorySegment>();
        copy(tensor, out, TensorProto.RAW_DATA_FIELD_NUMBER, raw -> {
            data.add(raw);
            return Optional.empty();
        });
        // As protobuf has it, the last of several counts.
        Optional<MemorySegment> last = data.isEmpty() ? Optional.empty() : Optional.of(data.getLast());
        Optional<MemorySegment> large = last.filter(raw -> raw.byteSize() > KEPT_BYTES);
        weights.add(large);
        if (large.isEmpty()) {
            last.ifPresent(raw -> field(TensorProto.RAW_DATA_FIELD_NUMBER, raw, out));
        }
        return out;
    }

    /** Copies a message, with every field of one number rewritten; left out where the rewriting gives nothing. */
    private static void copy(MemorySegment message, ByteArrayOutputStream out, int rewritten, Rewriting rewriting) {
        var in = new Reader(message);
        while (in.next()) {
            if (in.number == rewritten && in.type == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                rewriting
                        .of(in.content())
                        .ifPresent(inner -> field(rewritten, MemorySegment.ofArray(inner.toByteArray()), out));
            } else {
                append(in.whole(), out);
            }
        }
        append(in.rest(), out);
    }

    private static void field(int number, MemorySegment content, ByteArrayOutputStream out) {
        varint(((long) number << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED, out);
        varint(content.byteSize(), out);
        append(content, out);
    }

    private static void varint(long value, ByteArrayOutputStream out) {
        long left = value;
        while (left > 0x7f) {
            out.write((int) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    private static void append(MemorySegment bytes, ByteArrayOutputStream out) {
        out.writeBytes(bytes.toArray(ValueLayout.JAVA_BYTE));
    }

    /** Goes from field to field of a message, and stops before what is none. */
    private static final class Reader {
        private static final int MAX_VARINT_BYTES = 10;

        private final MemorySegment message;
        private long at;
        private long start;
        private long contentStart;
        private long end;
        private int number;
        private int type;

        Reader(MemorySegment message) {
            this.message = message;
        }

        boolean next() {
            start = end;
            at = start;
            if (at == message.byteSize() || !holdsVarint(at)) {
                return false;
            }
            long tag = varint();
            number = (int) (tag >>> 3);
            type = (int) (tag & 7);
            boolean counted = type == WireFormat.WIRETYPE_VARINT || type == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            if (counted && !holdsVarint(at)) {
                return false;
            }
            long length = switch (type) {
                case WireFormat.WIRETYPE_VARINT -> {
                    varint();
                    yield 0;
                }
                case WireFormat.WIRETYPE_FIXED64 -> Long.BYTES;
                case WireFormat.WIRETYPE_FIXED32 -> Integer.BYTES;
                case WireFormat.WIRETYPE_LENGTH_DELIMITED -> varint();
                default -> -1;
            };
            if (length < 0 || length > message.byteSize() - at) {
                return false;
            }
            contentStart = at;
            end = at + length;
            return true;
        }

        /** Returns whether a number begins here and ends within the message. */
        private boolean holdsVarint(long from) {
            for (long i = from; i < Math.min(from + MAX_VARINT_BYTES, message.byteSize()); i++) {
                if (message.get(ValueLayout.JAVA_BYTE, i) >= 0) {
                    return true;
                }
            }
            return false;
        }

        private long varint() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = message.get(ValueLayout.JAVA_BYTE, at++);
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        MemorySegment whole() {
            return message.asSlice(start, end - start);
        }

        MemorySegment content() {
            return message.asSlice(contentStart, end - contentStart);
        }

        MemorySegment rest() {
            return message.asSlice(start, message.byteSize() - start);
        }
    }
}
