package io.ppipe.format;

import java.util.List;
import java.util.Optional;

/**
 * A value of a file, with the line where it starts. What a reader takes its values from, and what a writer hands to a
 * printer (there the line is 0: nowhere yet).
 */
sealed interface Node {
    int line();

    /** What this is, in words, for the message of somebody who expected something else. */
    String described();

    /** Keys and values in the order of the file; the keys are distinct. */
    record Mapping(int line, List<Entry> entries) implements Node {
        public Mapping {
            entries = List.copyOf(entries);
        }

        /** Returns the entry of a key, if it is there. */
        Optional<Entry> entry(String key) {
            return entries.stream().filter(e -> e.key().equals(key)).findFirst();
        }

        @Override
        public String described() {
            return "an object with keys";
        }
    }

    /** @param line where the key stands */
    record Entry(String key, int line, Node value) {}

    /** Values in order. */
    record Sequence(int line, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String described() {
            return "a list";
        }
    }

    /** A string. */
    record Text(int line, String value) implements Node {
        @Override
        public String described() {
            return "text " + Problem.shown(value);
        }
    }

    /** A number, as it is spelled in the file. */
    record Numeral(int line, String spelled) implements Node {
        @Override
        public String described() {
            return "number " + Problem.shown(spelled);
        }
    }

    /** True or false. */
    record Truth(int line, boolean value) implements Node {
        @Override
        public String described() {
            return "'" + value + "'";
        }
    }

    /** A key without a value, or {@code null}. */
    record Nothing(int line) implements Node {
        @Override
        public String described() {
            return "nothing";
        }
    }
}
