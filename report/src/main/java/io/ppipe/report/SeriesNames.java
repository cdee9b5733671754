package io.ppipe.report;

import java.util.HashSet;
import java.util.List;

/** What every chart asks of the names in its legend. */
final class SeriesNames {
    private SeriesNames() {}

    static void check(List<String> names) {
        if (names.isEmpty() || names.size() > Chart.MAX_SERIES) {
            throw new IllegalArgumentException("Chart has %d series, not 1 to %d. Maybe it should be two charts."
                    .formatted(names.size(), Chart.MAX_SERIES));
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("Chart has two series of one name: " + names);
        }
    }
}
