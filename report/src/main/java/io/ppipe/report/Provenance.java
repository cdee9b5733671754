package io.ppipe.report;

import java.util.List;
import java.util.OptionalLong;

/**
 * Where the data of a report come from, so that nobody takes them for something else and anybody can make them again.
 *
 * @param labels what must be known before a number is read, such as {@code emulated GPUs}; may be empty
 * @param command the command line that made the report
 * @param seed of its random numbers; empty if it drew none
 */
public record Provenance(List<String> labels, String command, OptionalLong seed) {
    public Provenance {
        labels = List.copyOf(labels);
    }
}
