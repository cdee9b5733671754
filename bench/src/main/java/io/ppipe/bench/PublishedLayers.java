package io.ppipe.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A model's published layers, by name.
 *
 * @param rows in topological order
 */
record PublishedLayers(List<Row> rows) {
    /** TensorRT's plugins do what standard operators of the same name, less this, do. */
    private static final String PLUGIN = "TRT";

    /** Operators that compute shapes where the exporter didn't know them; ppipe's layers have none. */
    private static final Set<String> OF_SHAPES =
            Set.of("Shape", "Gather", "Slice", "Concat", "Unsqueeze", "Cast", "Sub", "Div", "Add", "Mul", "Range");

    /**
     * One layer.
     *
     * @param shapes of the tensors it makes, without the batch, such as {@code 64x56x56 1000}; scalars are ""
     * @param bytesAfter bytes per request that cross behind it; nothing behind the last layer
     * @param plugin whether one of TensorRT's plugins does it
     * @param block the published block that it is in; nothing where none is said
     */
    record Row(String name, String shapes, OptionalLong bytesAfter, boolean plugin, OptionalInt block) {
        /** Returns whether it makes activations: others are arithmetic on shapes. */
        boolean ofActivations() {
            String operator = name.substring(name.lastIndexOf('/') + 1).replaceFirst("_\\d+$", "");
            return !shapes.isEmpty() || !OF_SHAPES.contains(operator);
        }
    }

    static PublishedLayers read(Path file) {
        var rows = new ArrayList<Row>();
        for (Csv.Row row : Csv.read(file)) {
            String name = row.text("layer");
            rows.add(new Row(
                    name.startsWith(PLUGIN) ? name.substring(PLUGIN.length()) : name,
                    row.text("output_shapes"),
                    row.text("cut_bytes_after").isEmpty()
                            ? OptionalLong.empty()
                            : OptionalLong.of((long) row.number("cut_bytes_after")),
                    name.startsWith(PLUGIN),
                    row.has("published_block") && !row.text("published_block").isEmpty()
                            ? OptionalInt.of(row.whole("published_block", 0))
                            : OptionalInt.empty()));
        }
        return new PublishedLayers(rows);
    }

    Map<String, Row> byName() {
        var byName = new LinkedHashMap<String, Row>();
        rows.forEach(row -> byName.put(row.name(), row));
        return byName;
    }

    long activations() {
        return rows.stream().filter(Row::ofActivations).count();
    }

    /**
     * Returns how many of the bytes that cross behind a layer are there only because a Shape node later on asks for a
     * tensor's shape: those that nothing else needs, and that no longer cross behind that node.
     */
    long bytesForShapes(String layer) {
        int i = 0;
        while (!rows.get(i).name().equals(layer)) {
            i++;
        }
        do {
            i++;
        } while (i < rows.size() && !rows.get(i).name().startsWith("Shape"));
        if (i >= rows.size() || rows.get(i).bytesAfter().isEmpty()) {
            return 0;
        }
        long before = rows.get(i - 1).bytesAfter().orElse(0);
        return Math.max(0, before - rows.get(i).bytesAfter().getAsLong());
    }
}
