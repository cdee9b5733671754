package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One reading of a server's {@code /metrics}: Prometheus' text format.
 *
 * @param atNanos when, on {@link System#nanoTime}
 * @param series by name, each with its labels
 */
record Scrape(long atNanos, Map<String, List<Series>> series) {
    /** A value with its labels. */
    record Series(Map<String, String> labels, double value) {
        boolean has(Map<String, String> wanted) {
            return wanted.entrySet().stream().allMatch(e -> e.getValue().equals(labels.get(e.getKey())));
        }
    }

    /**
     * Reads the text format.
     *
     * @throws BadInputException when a line is none of it
     */
    static Scrape of(String text, long atNanos) {
        var series = new LinkedHashMap<String, List<Series>>();
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            try {
                int end = nameEnd(line);
                int brace = line.charAt(end) == '{' ? labelsEnd(line, end + 1) : end;
                Map<String, String> labels = brace == end ? Map.of() : labels(line.substring(end + 1, brace));
                String value =
                        line.substring(brace == end ? end : brace + 1).strip().split(" ", 2)[0];
                series.computeIfAbsent(line.substring(0, end), _ -> new ArrayList<>())
                        .add(new Series(labels, number(value)));
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new BadInputException(
                        "A line is not of Prometheus' text format: '%s'.".formatted(Sizes.printable(shortened(line))),
                        e);
            }
        });
        return new Scrape(atNanos, series);
    }

    private static String shortened(String line) {
        return line.length() <= 80 ? line : line.substring(0, 79) + "…";
    }

    private static int nameEnd(String line) {
        int end = 0;
        while (line.charAt(end) != '{' && line.charAt(end) != ' ') {
            end++;
        }
        return end;
    }

    /** Returns where the labels' brace closes: one outside of quotes. */
    private static int labelsEnd(String line, int from) {
        boolean quoted = false;
        int at = from;
        while (quoted || line.charAt(at) != '}') {
            if (line.charAt(at) == '\\') {
                at++;
            } else if (line.charAt(at) == '"') {
                quoted = !quoted;
            }
            at++;
        }
        return at;
    }

    private static Map<String, String> labels(String text) {
        var labels = new LinkedHashMap<String, String>();
        int at = 0;
        while (at < text.length()) {
            int equals = text.indexOf('=', at);
            String name = text.substring(at, equals);
            var value = new StringBuilder();
            at = equals + 2;
            while (text.charAt(at) != '"') {
                if (text.charAt(at) == '\\') {
                    at++;
                    value.append(text.charAt(at) == 'n' ? '\n' : text.charAt(at));
                } else {
                    value.append(text.charAt(at));
                }
                at++;
            }
            labels.put(name, value.toString());
            at += 2; // the quote and the comma
        }
        return labels;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            case String other -> Double.parseDouble(other);
        };
    }

    List<Series> of(String name) {
        return series.getOrDefault(name, List.of());
    }

    /** Returns the sum over all series of a name that have these labels. */
    double sum(String name, Map<String, String> labels) {
        return of(name).stream()
                .filter(s -> s.has(labels))
                .mapToDouble(Series::value)
                .sum();
    }

    /** Returns the values of a label of a name, in their order, each once. */
    Set<String> values(String name, String label) {
        var values = new LinkedHashSet<String>();
        of(name).forEach(s -> Optional.ofNullable(s.labels().get(label)).ifPresent(values::add));
        return values;
    }
}
