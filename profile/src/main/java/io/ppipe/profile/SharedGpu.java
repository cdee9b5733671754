package io.ppipe.profile;

import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.model.BadInputException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Passes on all shares of one GPU at the same time: a child process for each vGPU, since CUDA gives out shares by process.
 * The children begin every pass together. Each runs {@link VgpuProcess}, and is told by its standard input what to do.
 */
final class SharedGpu implements Passes {
    private static final long END_SECONDS = 10;

    private final String model;
    private final List<Vgpu> vgpus = new ArrayList<>();

    private record Vgpu(Process process, DataOutputStream to, DataInputStream from) {}

    private SharedGpu(String model) {
        this.model = model;
    }

    /**
     * Starts the processes and loads the stages in each.
     *
     * @param environment added to that of this process
     */
    static SharedGpu start(
            String model,
            List<Partition> stages,
            SessionSettings session,
            int maxBatchSize,
            int shares,
            Map<String, String> environment) {
        var gpu = new SharedGpu(model);
        try {
            for (int i = 0; i < shares; i++) {
                var builder = new ProcessBuilder(command()).redirectError(ProcessBuilder.Redirect.INHERIT);
                builder.environment().putAll(environment);
                // Not as an argument: ONNX Runtime 1.29 does not survive so long a command line.
                builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
                Process process = builder.start();
                gpu.vgpus.add(new Vgpu(
                        process,
                        new DataOutputStream(process.getOutputStream()),
                        new DataInputStream(process.getInputStream())));
            }
            for (int i = 0; i < shares; i++) {
                gpu.order(i, to -> VgpuProcess.writeOrder(to, model, stages, session, maxBatchSize));
            }
            for (int i = 0; i < shares; i++) {
                gpu.answer(i);
            }
            return gpu;
        } catch (IOException e) {
            gpu.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            gpu.close();
            throw e;
        }
    }

    private static List<String> command() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Access to native code and memory as here; not the archive of class data, agents or debuggers.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--") || option.startsWith("-Xmx"))
                .forEach(command::add);
        command.add(VgpuProcess.class.getName());
        return command;
    }

    @Override
    public long[][] run(int batchSize) {
        try {
            for (int i = 0; i < vgpus.size(); i++) {
                order(i, to -> {
                    to.writeInt(batchSize);
                    to.flush();
                });
            }
            var nanos = new long[vgpus.size()][];
            for (int i = 0; i < nanos.length; i++) {
                nanos[i] = answer(i);
            }
            return nanos;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Order {
        void write(DataOutputStream to) throws IOException;
    }

    /** A process that has ended doesn't read: the pipe is broken. */
    private void order(int i, Order order) {
        try {
            order.write(vgpus.get(i).to());
        } catch (IOException e) {
            throw ended(i, e);
        }
    }

    private long[] answer(int i) throws IOException {
        try {
            return VgpuProcess.readAnswer(vgpus.get(i).from());
        } catch (EOFException e) {
            throw ended(i, e);
        }
    }

    private BadInputException ended(int i, IOException e) {
        return new BadInputException(
                "%s: the process of vGPU %d of %d ended %s. Maybe the GPU's memory is too small for %d copies of the model."
                        .formatted(model, i, vgpus.size(), exit(vgpus.get(i).process()), vgpus.size()),
                e);
    }

    private static String exit(Process process) {
        try {
            return process.waitFor(END_SECONDS, TimeUnit.SECONDS)
                    ? "with exit code " + process.exitValue()
                    : "its output";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "its output";
        }
    }

    @Override
    public void close() {
        for (Vgpu vgpu : vgpus) {
            try {
                vgpu.to().close(); // ends the process
            } catch (IOException e) {
                vgpu.process().destroy();
            }
        }
        for (Vgpu vgpu : vgpus) {
            if (exit(vgpu.process()).equals("its output")) {
                vgpu.process().destroyForcibly();
            }
        }
    }
}
