package io.ppipe.format;

import io.ppipe.format.Node.Entry;
import java.util.List;
import java.util.regex.Pattern;

/** Writes nodes as YAML for people who go on writing: one key per line, a list of plain values on one line. */
final class YamlPrinter {
    private static final String INDENT = "  ";

    /** Text that every version of YAML reads as text when it isn't quoted: a letter first, no word with a meaning. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_/-]*(\\.[A-Za-z0-9_/-]+)*");

    private static final Pattern MEANT_OTHERWISE =
            Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null|nan|inf|[0-9a-f]+");

    private final StringBuilder out = new StringBuilder();

    private YamlPrinter() {}

    static String print(Node.Mapping root) {
        var printer = new YamlPrinter();
        printer.mapping(root.entries(), "", "");
        return printer.out.toString();
    }

    /** @param firstIndent what stands before the first key: the dash of a list item, or the indent */
    private void mapping(List<Entry> entries, String firstIndent, String indent) {
        String before = firstIndent;
        for (Entry entry : entries) {
            out.append(before).append(entry.key()).append(':');
            before = indent;
            switch (entry.value()) {
                case Node.Mapping(int _, List<Entry> inner)
                when !inner.isEmpty() -> {
                    out.append('\n');
                    mapping(inner, indent + INDENT, indent + INDENT);
                }
                case Node.Sequence(int _, List<Node> items)
                when holdsObjects(items) -> {
                    out.append('\n');
                    for (Node item : items) {
                        objectItem(item, indent + INDENT);
                    }
                }
                case Node.Text(int _, String value) -> line(isPlain(value) ? value : QuotedText.of(value));
                default -> line(JsonPrinter.onOneLine(entry.value()));
            }
        }
    }

    private void objectItem(Node item, String indent) {
        if (item instanceof Node.Mapping(int _, List<Entry> entries)) {
            mapping(entries, indent + "- ", indent + INDENT);
        } else {
            throw new AssertionError("No file of ours mixes objects and plain values in a list.");
        }
    }

    private void line(String value) {
        out.append(' ').append(value).append('\n');
    }

    private static boolean holdsObjects(List<Node> items) {
        return items.stream().anyMatch(item -> item instanceof Node.Mapping);
    }

    private static boolean isPlain(String text) {
        return PLAIN.matcher(text).matches() && !MEANT_OTHERWISE.matcher(text).matches();
    }
}
