package io.ppipe.profile.estimate;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Nearest;
import java.util.List;
import java.util.OptionalDouble;

/** The GPUs whose latencies can be estimated, from NVIDIA's public data sheets. */
public final class GpuCatalogue {
    private static final OptionalDouble NONE = OptionalDouble.empty();

    private static final List<GpuSheet> SHEETS = List.of(
            sheet("P4", 5.5, NONE, NONE, 192, 20, 8, "P4", "Tesla P4 data sheet"),
            sheet("V100", 15.7, NONE, of(125), 900, 80, 32, "V100", "V100 data sheet, SXM2"),
            sheet("T4", 8.1, NONE, of(65), 320, 40, 16, "T4", "T4 data sheet"),
            sheet("L4", 30.3, of(60), of(121), 300, 58, 24, "L4", "L4 data sheet"),
            sheet("A10", 31.2, of(62.5), of(125), 600, 72, 24, "L4", "A10 data sheet"),
            sheet("A30", 10.3, of(82), of(165), 933, 56, 24, "L4", "A30 data sheet"),
            sheet("A100", 19.5, of(156), of(312), 2039, 108, 80, "L4", "A100 data sheet, 80 GB SXM"),
            sheet("L40S", 91.6, of(183), of(362), 864, 142, 48, "L4", "L40S data sheet"),
            sheet("H100", 67, of(494), of(989), 3350, 132, 80, "L4", "H100 data sheet, SXM"),
            sheet("H200", 67, of(494), of(989), 4800, 132, 141, "L4", "H200 data sheet, SXM"));

    private GpuCatalogue() {}

    private static GpuSheet sheet(
            String name,
            double fp32,
            OptionalDouble tf32,
            OptionalDouble fp16,
            double bandwidth,
            int multiprocessors,
            double memory,
            String fitted,
            String source) {
        return new GpuSheet(name, fp32, tf32, fp16, bandwidth, multiprocessors, memory, fitted, "NVIDIA " + source);
    }

    private static OptionalDouble of(double teraFlops) {
        return OptionalDouble.of(teraFlops);
    }

    /** Returns all of them. */
    public static List<GpuSheet> sheets() {
        return SHEETS;
    }

    /** Returns their names. */
    public static List<String> names() {
        return SHEETS.stream().map(GpuSheet::name).toList();
    }

    /**
     * Returns a GPU by its name; upper and lower case don't matter.
     *
     * @throws BadInputException when there is none; the message names those that there are
     */
    public static GpuSheet sheet(String name) {
        return SHEETS.stream()
                .filter(sheet -> sheet.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new BadInputException("GPU '%s' is not in the catalogue%s. It has %s."
                        .formatted(
                                name,
                                Nearest.to(name, names())
                                        .map(" (maybe %s)"::formatted)
                                        .orElse(""),
                                String.join(", ", names()))));
    }
}
