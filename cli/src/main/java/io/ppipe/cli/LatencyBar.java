package io.ppipe.cli;

import io.ppipe.model.PipelineTimes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How a pipeline spends the time that its SLO allows, as a bar of fixed width that needs neither colour nor Unicode. */
final class LatencyBar {
    static final String LEGEND = "Bars: 0 1 … stages, > transfer, + batch building, ~ margin, . slack.";

    private static final int WIDTH = 60;

    private final List<Part> parts = new ArrayList<>();
    private final double sloMicros;

    private record Part(char sign, double micros) {
        String text() {
            return "%s %s".formatted(sign, Numbers.millis(micros));
        }
    }

    LatencyBar(PipelineTimes times) {
        sloMicros = times.sloMicros();
        for (int s = 0; s < times.stageMicros().size(); s++) {
            parts.add(new Part((char) ('0' + s % 10), times.stageMicros().get(s)));
            if (s < times.transferMicros().size()) {
                parts.add(new Part('>', times.transferMicros().get(s)));
            }
        }
        parts.add(new Part('+', times.batchBuildingMicros()));
        parts.add(new Part('~', times.marginMicros()));
        parts.add(new Part('.', Math.max(0, times.slackMicros())));
        parts.removeIf(part -> part.micros() == 0);
    }

    /** Returns the bar. */
    String bar() {
        int[] cells = cells();
        return IntStream.range(0, cells.length)
                .mapToObj(i -> Character.toString(parts.get(i).sign()).repeat(cells[i]))
                .collect(Collectors.joining("", "|", "|"));
    }

    /** Returns the same in milliseconds. */
    String millis() {
        return parts.stream().map(Part::text).collect(Collectors.joining("  ", "", " ms"));
    }

    /** Every part gets at least one cell; the rest goes where rounding has taken most. */
    private int[] cells() {
        var cells = new int[parts.size()];
        int left = WIDTH;
        for (int i = 0; i < cells.length; i++) {
            cells[i] = Math.max(1, (int) exact(i));
            left -= cells[i];
        }
        for (; left != 0; left -= Integer.signum(left)) {
            var byError = Comparator.comparingDouble((Integer i) -> exact(i) - cells[i]);
            int at = left > 0
                    ? indices().max(byError).orElseThrow()
                    : indices().filter(i -> cells[i] > 1).min(byError).orElseThrow();
            cells[at] += Integer.signum(left);
        }
        return cells;
    }

    private Stream<Integer> indices() {
        return IntStream.range(0, parts.size()).boxed();
    }

    private double exact(int part) {
        return WIDTH * parts.get(part).micros() / sloMicros;
    }
}
