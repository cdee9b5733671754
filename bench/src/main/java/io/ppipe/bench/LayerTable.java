package io.ppipe.bench;

import io.ppipe.model.BadInputException;
import io.ppipe.profile.Prepartition;
import io.ppipe.profile.Prepartition.Bounds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model's layers with their times and what crosses behind each, and the blocks that somebody else put them into.
 *
 * @param micros {@code [class][layer]}
 * @param bytesAfter bytes per request behind each layer
 * @param published where the table has blocks
 */
record LayerTable(
        String model, List<String> classes, double[][] micros, long[] bytesAfter, Optional<PublishedBlocks> published) {
    private static final String MICROS = "_us";
    private static final String BLOCK = "published_block";

    /**
     * @param ends one past the last layer of each block, ascending
     * @param bounds what it is said to keep, where that is known
     */
    record PublishedBlocks(List<Integer> ends, Optional<Bounds> bounds) {}

    /** @param prepartition a file with the bounds of the published blocks; may be absent or lack the model */
    static LayerTable read(Path file, Path prepartition) {
        List<Csv.Row> rows = Csv.read(file);
        if (rows.isEmpty()) {
            throw new BadInputException("%s: has no layers.".formatted(file));
        }
        String model = file.getFileName().toString().replaceFirst("\\.csv$", "");
        List<String> columns = rows.getFirst().headings().stream()
                .filter(heading -> heading.endsWith(MICROS))
                .toList();
        if (columns.isEmpty()) {
            throw new BadInputException("%s:1: has no column CLASS%s.".formatted(file, MICROS));
        }
        double[][] micros = columns.stream()
                .map(column ->
                        rows.stream().mapToDouble(row -> row.number(column)).toArray())
                .toArray(double[][]::new);
        return new LayerTable(
                model,
                columns.stream()
                        .map(c -> c.substring(0, c.length() - MICROS.length()))
                        .toList(),
                micros,
                bytesAfter(rows),
                published(rows, bounds(prepartition, model)));
    }

    /** The last layer has no cut behind it, whatever its cell says. */
    private static long[] bytesAfter(List<Csv.Row> rows) {
        var bytes = new long[rows.size()];
        for (int i = 0; i + 1 < bytes.length; i++) {
            bytes[i] = (long) rows.get(i).number("cut_bytes_after");
        }
        return bytes;
    }

    private static Optional<PublishedBlocks> published(List<Csv.Row> rows, Optional<Bounds> bounds) {
        if (!rows.getFirst().has(BLOCK)
                || rows.stream().anyMatch(row -> row.text(BLOCK).isEmpty())) {
            return Optional.empty();
        }
        var ends = new ArrayList<Integer>();
        for (int i = 1; i < rows.size(); i++) {
            int before = rows.get(i - 1).whole(BLOCK, 0);
            int block = rows.get(i).whole(BLOCK, 0);
            if (block != before && block != before + 1) {
                throw rows.get(i).wrong(BLOCK, "%d or %d".formatted(before, before + 1));
            }
            if (block != before) {
                ends.add(i);
            }
        }
        ends.add(rows.size());
        return Optional.of(new PublishedBlocks(ends, bounds));
    }

    private static Optional<Bounds> bounds(Path prepartition, String model) {
        return Csv.readIfPresent(prepartition).orElse(List.of()).stream()
                .filter(row -> row.text("model").equals(model))
                .findFirst()
                .map(row -> {
                    try {
                        return new Bounds(row.number("lower_bound"), row.number("upper_bound"));
                    } catch (IllegalArgumentException e) {
                        throw row.wrong(String.valueOf(e.getMessage()));
                    }
                });
    }

    int layers() {
        return bytesAfter.length;
    }

    /** Cuts the layers into blocks. */
    Prepartition prepartition(int blocks, List<Bounds> ladder) {
        return Prepartition.of(micros, bytesAfter, blocks, ladder);
    }

    /** Returns the bytes per request over all cuts of the published blocks. */
    long boundaryBytes(PublishedBlocks blocks) {
        return blocks.ends().stream()
                .limit(blocks.ends().size() - 1L)
                .mapToLong(end -> bytesAfter[end - 1])
                .sum();
    }

    /** Returns the smallest and largest time of a published block, relative to an even share, over all classes. */
    Bounds spread(PublishedBlocks blocks) {
        double least = 1;
        double most = 1;
        for (double[] row : micros) {
            double total = sum(row, 0, row.length);
            int first = 0;
            for (int end : blocks.ends()) {
                double share =
                        total == 0 ? 1 : sum(row, first, end) * blocks.ends().size() / total;
                least = Math.min(least, share);
                most = Math.max(most, share);
                first = end;
            }
        }
        return new Bounds(least, most);
    }

    private static double sum(double[] row, int first, int end) {
        double sum = 0;
        for (int i = first; i < end; i++) {
            sum += row[i];
        }
        return sum;
    }
}
