package io.ppipe.cli;

import io.ppipe.model.TensorSpec;
import java.util.Locale;
import java.util.stream.Collectors;

/** Sizes of models as people read them. */
final class Sizes {
    private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final String[] OPERATIONS = {"FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"};

    private Sizes() {}

    static String bytes(long bytes) {
        return scaled(bytes, 1024, BYTES);
    }

    static String operations(long flops) {
        return scaled(flops, 1000, OPERATIONS);
    }

    private static String scaled(double number, int step, String[] units) {
        double scaled = number;
        int unit = 0;
        while (scaled >= step && unit + 1 < units.length) {
            scaled /= step;
            unit++;
        }
        return String.format(
                Locale.ROOT, unit == 0 ? "%.0f %s" : scaled < 100 ? "%.2f %s" : "%.0f %s", scaled, units[unit]);
    }

    static String shape(TensorSpec tensor) {
        return tensor.shape().stream()
                .map(size -> size == -1 ? "batch" : size.toString())
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** Returns a name from a file without what terminals obey. */
    static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
