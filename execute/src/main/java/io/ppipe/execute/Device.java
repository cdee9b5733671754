package io.ppipe.execute;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a session runs on.
 *
 * @param index of the GPU, as CUDA counts them; 0 for the CPU
 */
public record Device(Kind kind, int index) {
    /** This machine's CPU. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    private static final Pattern TEXT = Pattern.compile("(cpu|cuda|tensorrt)(?::(\\d{1,3}))?");

    /** Execution providers of ONNX Runtime. */
    public enum Kind {
        CPU,
        /** NVIDIA GPUs by CUDA and cuDNN. */
        CUDA,
        /** NVIDIA GPUs by TensorRT; what that doesn't take runs by CUDA. */
        TENSORRT
    }

    public Device {
        if (index < 0 || (kind == Kind.CPU && index > 0)) {
            throw new IllegalArgumentException(
                    "Device index (%d) must be at least 0, and 0 for the CPU.".formatted(index));
        }
    }

    /**
     * Reads {@code cpu}, {@code cuda}, {@code cuda:1}, {@code tensorrt:0}; without a number it is the first GPU.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    public static Device parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches() || (text.startsWith("cpu") && parts.group(2) != null)) {
            throw new IllegalArgumentException(
                    "Device '%s' must be cpu, cuda:N or tensorrt:N. `ppipe devices` lists those of this machine."
                            .formatted(text));
        }
        int index = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
        return new Device(Kind.valueOf(parts.group(1).toUpperCase(Locale.ROOT)), index);
    }

    /** Returns whether it is a GPU. */
    public boolean gpu() {
        return kind != Kind.CPU;
    }

    /** Returns it as {@link #parse} reads it. */
    @Override
    public String toString() {
        return kind == Kind.CPU ? "cpu" : kind.name().toLowerCase(Locale.ROOT) + ":" + index;
    }
}
