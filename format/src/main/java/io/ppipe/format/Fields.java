package io.ppipe.format;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One object of a file while its reader takes values out. It knows which keys its kind of object may have, and refuses
 * others when it is made, before anything is missed: a misspelt key is both unknown and missing, and the first says more.
 */
final class Fields {
    private final String file;
    private final Shape shape;
    private final int line;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Scalars scalars;

    /** @param what what the node is in its file, should it be no object: "key 'executor'" */
    Fields(String file, Node node, String what, Shape shape) {
        this.file = file;
        this.shape = shape;
        this.line = node.line();
        this.scalars = new Scalars(file);
        if (!(node instanceof Node.Mapping mapping)) {
            throw scalars.expected(node, what, shape.name() + ": an object with the keys " + allowed(), "");
        }
        for (Node.Entry entry : mapping.entries()) {
            if (!shape.keys().contains(entry.key())) {
                throw unknown(entry);
            }
            values.put(entry.key(), entry.value());
        }
    }

    private BadInputException unknown(Node.Entry entry) {
        String hint = Nearest.to(entry.key(), shape.keys())
                .map(near -> "; maybe you meant '" + near + "'")
                .orElse("");
        return Problem.at(
                file,
                entry.line(),
                "key %s is not known in %s%s (allowed: %s)"
                        .formatted(Problem.shown(entry.key()), shape.name(), hint, allowed()));
    }

    private String allowed() {
        return String.join(", ", shape.keys());
    }

    /** Returns whether the key is there. */
    boolean has(String key) {
        check(key);
        return values.containsKey(key);
    }

    /** Returns the value of a key that must be there. */
    Node node(String key) {
        check(key);
        Node node = values.get(key);
        if (node == null) {
            throw Problem.at(file, line, "key '%s' is missing in %s".formatted(key, shape.name()));
        }
        if (node instanceof Node.Nothing) {
            throw Problem.at(file, node.line(), "key '%s' has no value".formatted(key));
        }
        return node;
    }

    String text(String key) {
        return scalars.text(node(key), what(key));
    }

    Optional<String> optionalText(String key) {
        return has(key) ? Optional.of(text(key)) : Optional.empty();
    }

    double number(String key) {
        return scalars.number(node(key), what(key));
    }

    double number(String key, double otherwise) {
        return has(key) ? number(key) : otherwise;
    }

    /** Returns a finite number that a factor of ten turns into the unit of the record, and back without loss. */
    Quantity quantity(String key) {
        return new Quantity(file, node(key).line(), what(key), scalars.decimal(node(key), what(key)));
    }

    /** Returns a whole number that fits an int; the smallest is checked by whom it is given to. */
    int whole(String key) {
        return (int) scalars.whole(node(key), what(key), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    int whole(String key, int otherwise) {
        return has(key) ? whole(key) : otherwise;
    }

    int whole(String key, int least, int most) {
        return (int) scalars.whole(node(key), what(key), least, most);
    }

    /** Returns the index of one of {@code count} things. */
    int index(String key, int count) {
        int index = (int) scalars.whole(node(key), what(key), 0, Integer.MAX_VALUE);
        if (index >= count) {
            throw problem(key, "key '%s' (%d) must be below %d: so many are there".formatted(key, index, count));
        }
        return index;
    }

    long wholeLong(String key, long least) {
        return scalars.whole(node(key), what(key), least, Long.MAX_VALUE);
    }

    long wholeLong(String key) {
        return scalars.whole(node(key), what(key), Long.MIN_VALUE, Long.MAX_VALUE);
    }

    boolean truth(String key) {
        return scalars.truth(node(key), what(key));
    }

    boolean truth(String key, boolean otherwise) {
        return has(key) ? truth(key) : otherwise;
    }

    /** Returns the choice that the text of a key names. */
    <E> E choice(String key, Map<String, E> choices) {
        String text = text(key);
        E choice = choices.get(text);
        if (choice == null) {
            throw problem(
                    key,
                    "key '%s' (%s) must be one of: %s"
                            .formatted(key, Problem.shown(text), String.join(", ", choices.keySet())));
        }
        return choice;
    }

    /** Returns what {@code item} makes of each value in a list. */
    <T> List<T> list(String key, Function<Node, T> item) {
        if (!(node(key) instanceof Node.Sequence sequence)) {
            throw scalars.expected(node(key), what(key), "a list", "");
        }
        var items = new ArrayList<T>(sequence.items().size());
        for (Node node : sequence.items()) {
            items.add(item.apply(node));
        }
        return items;
    }

    /** Returns what {@code item} makes of each object in a list. */
    <T> List<T> objects(String key, Shape itemShape, Function<Fields, T> item) {
        return list(key, node -> item.apply(new Fields(file, node, "an item of '" + key + "'", itemShape)));
    }

    /** Returns the object that stands at a key. */
    Fields object(String key, Shape itemShape) {
        return new Fields(file, node(key), what(key), itemShape);
    }

    /** Returns the object that stands at a key, in the shape that the text of its key {@code tag} chooses. */
    Fields variant(String key, String tag, Map<String, Shape> shapes) {
        return variant(file, node(key), what(key), tag, shapes);
    }

    /**
     * Returns the fields of an object in the shape that the text of its key {@code tag} chooses.
     *
     * @param what what the node is in its file: "key 'executor'"
     */
    static Fields variant(String file, Node node, String what, String tag, Map<String, Shape> shapes) {
        if (!(node instanceof Node.Mapping mapping)) {
            throw new Scalars(file).expected(node, what, "an object with the key " + tag, "");
        }
        List<Node.Entry> tagged = mapping.entry(tag).stream().toList();
        var tagOnly = new Fields(file, new Node.Mapping(mapping.line(), tagged), what, new Shape(what, List.of(tag)));
        return new Fields(file, node, what, tagOnly.choice(tag, shapes));
    }

    List<Integer> wholes(String key) {
        String what = "an item of '" + key + "'";
        return list(key, node -> (int) scalars.whole(node, what, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    List<Long> wholeLongs(String key) {
        String what = "an item of '" + key + "'";
        return list(key, node -> scalars.whole(node, what, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    /** Returns a list of lists of whole numbers. */
    List<List<Long>> wholeLongRows(String key) {
        String what = "an item of a row of '" + key + "'";
        return list(key, row -> {
            if (!(row instanceof Node.Sequence sequence)) {
                throw scalars.expected(row, "a row of '" + key + "'", "a list", "");
            }
            return sequence.items().stream()
                    .map(node -> scalars.whole(node, what, Long.MIN_VALUE, Long.MAX_VALUE))
                    .toList();
        });
    }

    List<Double> numbers(String key) {
        return list(key, node -> scalars.number(node, "an item of '" + key + "'"));
    }

    /** Returns the numbers of an object whose keys are free, in its order. */
    Map<String, Double> numbersByName(String key, String what) {
        if (!(node(key) instanceof Node.Mapping mapping)) {
            throw scalars.expected(node(key), what(key), "an object: names with numbers", "");
        }
        var numbers = new LinkedHashMap<String, Double>();
        for (Node.Entry entry : mapping.entries()) {
            numbers.put(entry.key(), scalars.number(entry.value(), what + " " + Problem.shown(entry.key())));
        }
        return numbers;
    }

    List<String> texts(String key) {
        return list(key, node -> scalars.text(node, "an item of '" + key + "'"));
    }

    /** Returns a record made of these fields; what the record refuses is a problem of this object. */
    <T> T build(Supplier<T> record) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            throw Problem.at(file, line, String.valueOf(e.getMessage()), e);
        }
    }

    /** Returns a problem of the value of a key that is there. */
    BadInputException problem(String key, String message) {
        return Problem.at(file, node(key).line(), message);
    }

    /** Returns a problem of the whole object. */
    BadInputException problem(String message) {
        return Problem.at(file, line, message);
    }

    private static String what(String key) {
        return "key '" + key + "'";
    }

    private void check(String key) {
        if (!shape.keys().contains(key)) {
            throw new AssertionError("%s declares no key '%s'.".formatted(shape, key));
        }
    }
}
