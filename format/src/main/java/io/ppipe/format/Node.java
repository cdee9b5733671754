package io.ppipe.format;

import java.util.List;
import java.util.Map;

/** A value of a file, with the line it stands on. */
sealed interface Node {
    int line();

    /** What it is, for a message: {@code a list}, {@code the text 'x'}. */
    String described();

    /** Keys in the order of the file. */
    record Fields(int line, Map<String, Node> values) implements Node {
        @Override
        public String described() {
            return "an object";
        }
    }

    record Items(int line, List<Node> values) implements Node {
        @Override
        public String described() {
            return "a list";
        }
    }

    record Text(int line, String value) implements Node {
        @Override
        public String described() {
            return "the text '" + (value.length() > 40 ? value.substring(0, 40) + "…" : value) + "'";
        }
    }

    /** A number as written; not yet an integer or a float. */
    record Numeral(int line, String value) implements Node {
        @Override
        public String described() {
            return "the number " + value;
        }
    }

    record Flag(int line, boolean value) implements Node {
        @Override
        public String described() {
            return Boolean.toString(value);
        }
    }

    record Nothing(int line) implements Node {
        @Override
        public String described() {
            return "nothing (null)";
        }
    }
}
