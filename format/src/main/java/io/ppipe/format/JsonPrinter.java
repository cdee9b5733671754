package io.ppipe.format;

import io.ppipe.format.Node.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes nodes as JSON for programs that people look into: a list of plain values stands on one line, so does an object
 * without objects inside that fits one, everything else is spread over lines. Equal nodes give equal text.
 */
final class JsonPrinter {
    private static final String INDENT = "  ";

    /** Longest line that an object is put on whole. */
    private static final int MAX_WIDTH = 120;

    private final StringBuilder out = new StringBuilder();

    private JsonPrinter() {}

    static String print(Node root) {
        var printer = new JsonPrinter();
        printer.spread(root, "");
        return printer.out.append('\n').toString();
    }

    private void value(Node node, String indent) {
        if (isFlat(node)) {
            String line = onOneLine(node);
            if (node instanceof Node.Sequence || indent.length() + line.length() <= MAX_WIDTH) {
                out.append(line);
                return;
            }
        }
        spread(node, indent);
    }

    private void spread(Node node, String indent) {
        switch (node) {
            case Node.Mapping(int _, List<Entry> entries)
            when !entries.isEmpty() -> {
                String separator = "{\n";
                for (Entry entry : entries) {
                    out.append(separator).append(indent).append(INDENT).append(key(entry));
                    value(entry.value(), indent + INDENT);
                    separator = ",\n";
                }
                out.append('\n').append(indent).append('}');
            }
            case Node.Sequence(int _, List<Node> items)
            when !items.isEmpty() -> {
                String separator = "[\n";
                for (Node item : items) {
                    out.append(separator).append(indent).append(INDENT);
                    value(item, indent + INDENT);
                    separator = ",\n";
                }
                out.append('\n').append(indent).append(']');
            }
            default -> out.append(onOneLine(node));
        }
    }

    private static boolean isFlat(Node node) {
        return switch (node) {
            case Node.Mapping(int _, List<Entry> entries) ->
                entries.stream().noneMatch(e -> e.value() instanceof Node.Mapping || !isFlat(e.value()));
            case Node.Sequence(int _, List<Node> items) -> items.stream().allMatch(JsonPrinter::isPlain);
            default -> true;
        };
    }

    private static boolean isPlain(Node node) {
        return !(node instanceof Node.Mapping || node instanceof Node.Sequence);
    }

    /** Also YAML, which reads such a line the same way. */
    static String onOneLine(Node node) {
        return switch (node) {
            case Node.Mapping(int _, List<Entry> entries) -> {
                var parts = new ArrayList<String>();
                entries.forEach(e -> parts.add(key(e) + onOneLine(e.value())));
                yield "{" + String.join(", ", parts) + "}";
            }
            case Node.Sequence(int _, List<Node> items) -> {
                var parts = new ArrayList<String>(items.size());
                items.forEach(item -> parts.add(onOneLine(item)));
                yield "[" + String.join(", ", parts) + "]";
            }
            case Node.Text(int _, String value) -> QuotedText.of(value);
            case Node.Numeral(int _, String spelled) -> spelled;
            case Node.Truth(int _, boolean value) -> Boolean.toString(value);
            case Node.Nothing _ -> "null";
        };
    }

    private static String key(Entry entry) {
        return QuotedText.of(entry.key()) + ": ";
    }
}
