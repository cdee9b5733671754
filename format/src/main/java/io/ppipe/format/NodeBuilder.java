package io.ppipe.format;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Builds one object of a file to be written; its keys stand in the order of the calls. */
final class NodeBuilder {
    private final List<Node.Entry> entries = new ArrayList<>();

    NodeBuilder text(String key, String value) {
        return node(key, new Node.Text(0, value));
    }

    NodeBuilder whole(String key, long value) {
        return node(key, wholeNode(value));
    }

    /** @throws IllegalArgumentException when the number is not finite: no file of ours can hold it */
    NodeBuilder number(String key, double value) {
        return node(key, numberNode(key, value));
    }

    NodeBuilder decimal(String key, BigDecimal value) {
        return node(key, new Node.Numeral(0, spelled(value)));
    }

    NodeBuilder truth(String key, boolean value) {
        return node(key, new Node.Truth(0, value));
    }

    NodeBuilder nothing(String key) {
        return node(key, new Node.Nothing(0));
    }

    NodeBuilder object(String key, NodeBuilder value) {
        return node(key, value.build());
    }

    <T> NodeBuilder list(String key, List<T> items, Function<T, Node> node) {
        return node(key, sequence(items, node));
    }

    <T> NodeBuilder objects(String key, List<T> items, Function<T, NodeBuilder> object) {
        return list(key, items, item -> object.apply(item).build());
    }

    NodeBuilder wholes(String key, List<? extends Number> items) {
        return list(key, items, item -> wholeNode(item.longValue()));
    }

    NodeBuilder numbers(String key, List<Double> items) {
        return list(key, items, item -> numberNode(key, item));
    }

    NodeBuilder texts(String key, List<String> items) {
        return list(key, items, item -> new Node.Text(0, item));
    }

    Node.Mapping build() {
        return new Node.Mapping(0, entries);
    }

    static Node wholeNode(long value) {
        return new Node.Numeral(0, Long.toString(value));
    }

    static <T> Node sequence(List<T> items, Function<T, Node> node) {
        return new Node.Sequence(0, items.stream().map(node).toList());
    }

    private static Node numberNode(String key, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("%s (%s) must be finite to be written.".formatted(key, value));
        }
        boolean negativeZero = value == 0 && 1 / value < 0;
        return new Node.Numeral(0, negativeZero ? "-0.0" : spelled(new BigDecimal(Double.toString(value))));
    }

    /** Whole numbers without a fraction, everything of usual size without an exponent: as people write them. */
    private static String spelled(BigDecimal value) {
        BigDecimal shortest = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        boolean usual = shortest.scale() <= 40 && shortest.precision() - shortest.scale() <= 18;
        return usual ? shortest.toPlainString() : shortest.toString();
    }

    private NodeBuilder node(String key, Node value) {
        entries.add(new Node.Entry(key, 0, value));
        return this;
    }
}
