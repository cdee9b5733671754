package io.ppipe.format;

import io.ppipe.model.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An object of a file, read key by key. Refuses keys that it does not know and values of the wrong type. */
final class Section {
    private final Path file;
    private final String what;
    private final Node.Fields fields;

    private Section(Path file, String what, Node.Fields fields) {
        this.file = file;
        this.what = what;
        this.fields = fields;
    }

    /**
     * Opens an object.
     *
     * @param what for messages: {@code a GPU class}
     * @param keys every key that it may have
     */
    static Section of(Path file, Node node, String what, List<String> keys) {
        if (!(node instanceof Node.Fields fields)) {
            throw error(
                    file,
                    node.line(),
                    "%s is expected to be an object with the keys %s, found %s."
                            .formatted(what, keys, node.described()));
        }
        for (Map.Entry<String, Node> entry : fields.values().entrySet()) {
            if (!keys.contains(entry.getKey())) {
                throw error(file, entry.getValue().line(), unknown(entry.getKey(), what, keys));
            }
        }
        return new Section(file, what, fields);
    }

    /** Reads the file and opens its outermost object, whose format and version must be these. */
    static Section ofFile(Path file, String format, int version, List<String> keys) {
        Node node = LocatedReader.read(file);
        if (node instanceof Node.Fields(int line, Map<String, Node> values)) {
            Node found = values.get("format");
            if (!(found instanceof Node.Text(int at, String name))) {
                throw error(
                        file,
                        found == null ? line : found.line(),
                        "key 'format' is missing or not a text; a %s file begins with `format: %s` and `version: %d`."
                                .formatted(format, format, version));
            }
            if (!name.equals(format)) {
                throw error(file, at, "this is a %s file, a %s file is expected here.".formatted(name, format));
            }
            checkVersion(file, line, format, version, values.get("version"));
        }
        return of(file, node, "a " + format + " file", keys);
    }

    private static void checkVersion(Path file, int line, String format, int version, @Nullable Node found) {
        if (!(found instanceof Node.Numeral(int at, String number))) {
            throw error(
                    file,
                    found == null ? line : found.line(),
                    "key 'version' is missing or not a number; this ppipe reads version %d of %s files."
                            .formatted(version, format));
        }
        if (!number.equals(Integer.toString(version))) {
            throw error(
                    file,
                    at,
                    "version %s of %s files is not known; this ppipe reads version %d. Maybe it was written by a newer ppipe."
                            .formatted(number, format, version));
        }
    }

    private static String unknown(String key, String what, List<String> keys) {
        String nearest = keys.stream()
                .min((a, b) -> Integer.compare(distance(key, a), distance(key, b)))
                .orElse("");
        String hint = distance(key, nearest) <= Math.max(2, key.length() / 3)
                ? "; maybe '%s' was meant".formatted(nearest)
                : "";
        return "key '%s' is not known in %s%s (known: %s).".formatted(key, what, hint, String.join(", ", keys));
    }

    /** Returns the number of single-character edits between two words. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static BadInputException error(Path file, int line, String message) {
        return new BadInputException("%s:%d: %s".formatted(file, line, message));
    }

    BadInputException error(String key, String message) {
        Node node = fields.values().get(key);
        return error(file, node == null ? fields.line() : node.line(), message);
    }

    boolean has(String key) {
        return fields.values().containsKey(key);
    }

    private Node required(String key) {
        Node node = fields.values().get(key);
        if (node == null) {
            throw error(file, fields.line(), "key '%s' is missing in %s.".formatted(key, what));
        }
        return node;
    }

    private BadInputException wrong(String key, Node node, String expected) {
        return error(
                file,
                node.line(),
                "'%s' in %s: expected %s, found %s.".formatted(key, what, expected, node.described()));
    }

    String text(String key) {
        Node node = required(key);
        return switch (node) {
            case Node.Text(int line, String value) -> value;
            case Node.Numeral(int line, String value) -> value; // YAML reads an unquoted 101 as a number
            default -> throw wrong(key, node, "a text");
        };
    }

    double number(String key) {
        Node node = required(key);
        if (!(node instanceof Node.Numeral(int line, String value))) {
            throw wrong(key, node, "a number");
        }
        try {
            double number = Double.parseDouble(value.replace("_", ""));
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(key, node, "a finite number");
        }
        throw wrong(key, node, "a finite number");
    }

    long integer(String key) {
        return integer(key, required(key));
    }

    private long integer(String key, Node node) {
        if (node instanceof Node.Numeral(int line, String value)) {
            try {
                return Long.parseLong(value.replace("_", ""));
            } catch (NumberFormatException e) {
                throw wrong(key, node, "a whole number of at most 18 digits");
            }
        }
        throw wrong(key, node, "a whole number");
    }

    int count(String key) {
        return count(key, required(key));
    }

    private int count(String key, Node node) {
        long value = integer(key, node);
        if (value != (int) value) {
            throw wrong(key, node, "a whole number of at most 9 digits");
        }
        return (int) value;
    }

    boolean flag(String key) {
        Node node = required(key);
        if (node instanceof Node.Flag(int line, boolean value)) {
            return value;
        }
        throw wrong(key, node, "true or false");
    }

    /** Returns one of the constants, written in lower case. */
    <E extends Enum<E>> E constant(String key, Class<E> type) {
        String text = text(key);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                return constant;
            }
        }
        List<String> allowed = Arrays.stream(type.getEnumConstants())
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .toList();
        throw error(key, "'%s' in %s: '%s' is not one of %s.".formatted(key, what, text, allowed));
    }

    Section section(String key, String name, List<String> keys) {
        return of(file, required(key), name, keys);
    }

    private List<Node> items(String key) {
        Node node = required(key);
        if (node instanceof Node.Items(int line, List<Node> values)) {
            return values;
        }
        throw wrong(key, node, "a list");
    }

    /** Reads a list of objects. */
    <T> List<T> sections(String key, String name, List<String> keys, Function<Section, T> reader) {
        var list = new ArrayList<T>();
        for (Node node : items(key)) {
            list.add(reader.apply(of(file, node, name, keys)));
        }
        return list;
    }

    List<Integer> counts(String key) {
        return items(key).stream().map(node -> count(key, node)).toList();
    }

    List<Long> integers(String key) {
        return items(key).stream().map(node -> integer(key, node)).toList();
    }

    List<List<Long>> rows(String key) {
        var rows = new ArrayList<List<Long>>();
        for (Node row : items(key)) {
            if (!(row instanceof Node.Items(int line, List<Node> cells))) {
                throw wrong(key, row, "a list of lists");
            }
            rows.add(cells.stream().map(cell -> integer(key, cell)).toList());
        }
        return rows;
    }

    List<Double> numbers(String key) {
        var numbers = new ArrayList<Double>();
        for (Node node : items(key)) {
            if (!(node instanceof Node.Numeral(int line, String value))) {
                throw wrong(key, node, "a list of numbers");
            }
            numbers.add(Double.parseDouble(value));
        }
        return numbers;
    }

    List<String> texts(String key) {
        var texts = new ArrayList<String>();
        for (Node node : items(key)) {
            if (!(node instanceof Node.Text(int line, String value))) {
                throw wrong(key, node, "a list of texts");
            }
            texts.add(value);
        }
        return texts;
    }

    <T> T or(String key, T otherwise, Function<String, T> reader) {
        return has(key) ? reader.apply(key) : otherwise;
    }

    /** Makes a value that checks itself; its complaint gets the file and line of this object. */
    <T> T make(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new BadInputException("%s:%d: %s".formatted(file, fields.line(), e.getMessage()), e);
        }
    }

    Path file() {
        return file;
    }
}
