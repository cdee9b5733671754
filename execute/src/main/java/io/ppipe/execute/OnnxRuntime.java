package io.ppipe.execute;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/** The process's one ONNX Runtime environment, and the options that all of our sessions use. */
public final class OnnxRuntime {
    /** "Error code - ORT_FAIL - message: ". */
    private static final Pattern CODE = Pattern.compile("^Error code - \\w+ - message: ");

    /** "/onnxruntime_src/.../model.cc:177 onnxruntime::Model::Model(...) ": where in its C++ code. */
    private static final Pattern SOURCE_LINE = Pattern.compile("\\S+\\.(?:cc|cpp|h):\\d+ [^()]*(?:\\([^()]*\\))+ ");

    /** "Load model from FILE failed:". */
    private static final Pattern LOAD_FAILED = Pattern.compile("^Load model from .*? failed: ?");

    private OnnxRuntime() {}

    /** Asked for once only: ONNX Runtime logs every later request that names a level. */
    private static final class Environment {
        static final OrtEnvironment ONLY = only();

        private static OrtEnvironment only() {
            requireOneRuntime(OnnxRuntime.class.getClassLoader());
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "ppipe");
        }
    }

    /** The artifacts for CPUs and for GPUs have the same classes: which one loads would be left to chance. */
    static void requireOneRuntime(ClassLoader loader) {
        try {
            List<URL> found = Collections.list(loader.getResources("ai/onnxruntime/OrtEnvironment.class"));
            if (found.size() > 1) {
                throw new BadInputException(
                        "The class path has %d ONNX Runtimes, there must be one: %s. Maybe build again after `mvn clean`."
                                .formatted(found.size(), found));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the environment; loads the native library at the first call. */
    public static OrtEnvironment environment() {
        return Environment.ONLY;
    }

    /** Returns the version of ONNX Runtime, e.g. "1.29.0". */
    public static String version() {
        return environment().getVersion();
    }

    /** Returns whether this build can run sessions on a kind of device; whether the machine can, opening one shows. */
    public static boolean built(Device.Kind kind) {
        return Providers.built(kind);
    }

    /**
     * Returns fresh options for a session with {@code settings}; the caller closes them.
     *
     * @throws io.ppipe.model.BadInputException when the device can't be used
     */
    public static SessionOptions options(SessionSettings settings) throws OrtException {
        var options = new SessionOptions();
        try {
            options.setIntraOpNumThreads(settings.threads());
            options.setInterOpNumThreads(1);
            options.setExecutionMode(ExecutionMode.SEQUENTIAL);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            options.setOptimizationLevel(
                    switch (settings.optimisation()) {
                        case NONE -> OptLevel.NO_OPT;
                        case ALL -> OptLevel.ALL_OPT;
                    });
            // Idle threads of many sessions share few cores: they must sleep, not spin.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.addConfigEntry("session.inter_op.allow_spinning", "0");
            // Weights get memory of just their size; the arena, which grows in powers of two, keeps to activations.
            options.addConfigEntry("session.use_device_allocator_for_initializers", "1");
            Providers.add(options, settings.device());
            return options;
        } catch (OrtException | RuntimeException e) {
            options.close();
            throw e;
        }
    }

    /** Returns why ONNX Runtime failed, as one line without error codes and places in its source. */
    public static String reason(OrtException failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        message = CODE.matcher(message.strip().replaceAll("\\s+", " ")).replaceFirst("");
        message = LOAD_FAILED.matcher(message).replaceFirst("");
        message = SOURCE_LINE.matcher(message + " ").replaceAll("").strip();
        return message.isEmpty() ? "it gave no reason" : message;
    }
}
