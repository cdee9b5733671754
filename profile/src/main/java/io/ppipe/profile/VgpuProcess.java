package io.ppipe.profile;

import io.ppipe.execute.Device;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The process of one vGPU while shares of a GPU are measured. It reads an order (which stages, on what), answers when they
 * are loaded, then reads batch sizes and answers each with the nanoseconds of every stage, until its input ends.
 */
public final class VgpuProcess {
    private static final int WENT_WRONG = -1;

    private VgpuProcess() {}

    /** Runs until standard input ends. */
    public static void main(String[] args) throws IOException {
        var in = new DataInputStream(System.in);
        var out = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        System.setOut(System.err); // what libraries print must not come between the answers
        try (Passes passes = readOrder(in)) {
            answer(out, new long[0]);
            while (true) {
                answer(out, passes.run(in.readInt())[0]);
            }
        } catch (BadInputException e) {
            out.writeInt(WENT_WRONG);
            out.writeUTF(e.getMessage());
            out.flush();
        } catch (EOFException e) {
            // The one that measures has what it needs.
        }
    }

    private static void answer(DataOutputStream out, long[] nanos) throws IOException {
        out.writeInt(nanos.length);
        for (long one : nanos) {
            out.writeLong(one);
        }
        out.flush();
    }

    /** @throws BadInputException when the process says that it can't */
    static long[] readAnswer(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length == WENT_WRONG) {
            throw new BadInputException(in.readUTF());
        }
        var nanos = new long[length];
        for (int i = 0; i < length; i++) {
            nanos[i] = in.readLong();
        }
        return nanos;
    }

    static void writeOrder(
            DataOutputStream out, String model, List<Partition> stages, SessionSettings session, int maxBatchSize)
            throws IOException {
        out.writeUTF(model);
        out.writeInt(session.threads());
        out.writeUTF(session.optimisation().name());
        out.writeUTF(session.device().toString());
        out.writeInt(maxBatchSize);
        out.writeInt(stages.size());
        for (Partition stage : stages) {
            out.writeInt(stage.firstBlock());
            out.writeInt(stage.endBlock());
            out.writeUTF(stage.onnx().toAbsolutePath().toString());
            writeTensors(out, stage.inputs());
            writeTensors(out, stage.outputs());
        }
        out.flush();
    }

    private static Passes readOrder(DataInputStream in) throws IOException {
        String model = in.readUTF();
        var session = new SessionSettings(in.readInt(), Optimisation.valueOf(in.readUTF()), Device.parse(in.readUTF()));
        int maxBatchSize = in.readInt();
        var stages = new ArrayList<Partition>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            stages.add(new Partition(
                    model, in.readInt(), in.readInt(), Path.of(in.readUTF()), readTensors(in), readTensors(in)));
        }
        return LocalPasses.open(model, stages, session, maxBatchSize);
    }

    private static void writeTensors(DataOutputStream out, List<TensorSpec> tensors) throws IOException {
        out.writeInt(tensors.size());
        for (TensorSpec tensor : tensors) {
            out.writeUTF(tensor.name());
            out.writeUTF(tensor.type().name());
            out.writeInt(tensor.shape().size());
            for (long size : tensor.shape()) {
                out.writeLong(size);
            }
        }
    }

    private static List<TensorSpec> readTensors(DataInputStream in) throws IOException {
        var tensors = new ArrayList<TensorSpec>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            ElementType type = ElementType.valueOf(in.readUTF());
            var shape = new ArrayList<Long>();
            int rank = in.readInt();
            for (int d = 0; d < rank; d++) {
                shape.add(in.readLong());
            }
            tensors.add(new TensorSpec(name, type, shape));
        }
        return tensors;
    }
}
