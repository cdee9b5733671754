package io.ppipe.format;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One change of one value of a document, that can be taken back.
 *
 * @param exact whether reader and schema must agree on it; otherwise the reader may be stricter, because it also knows
 *     rules between values
 */
record Mutant(String name, boolean exact, Runnable apply, Runnable undo) {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final List<JsonNode> OTHER_TYPES = List.of(
            NODES.stringNode("x"),
            NODES.numberNode(7),
            NODES.booleanNode(true),
            NODES.nullNode(),
            NODES.arrayNode().add(NODES.objectNode()),
            NODES.objectNode().put("x", 1));

    private static final List<JsonNode> ODD_VALUES = List.of(
            NODES.numberNode(0),
            NODES.numberNode(-1),
            NODES.numberNode(2.5),
            NODES.numberNode(BigInteger.TEN.pow(30)),
            NODES.numberNode(3_000_000_000L),
            NODES.stringNode(""),
            NODES.stringNode("a/b"),
            NODES.arrayNode());

    /** Returns every change of this kind. */
    static List<Mutant> of(JsonNode root) {
        var mutants = new ArrayList<Mutant>();
        collect(root, "", mutants);
        return mutants;
    }

    private static void collect(JsonNode node, String path, List<Mutant> mutants) {
        if (node instanceof ObjectNode object) {
            mutants.add(new Mutant(
                    path + "/unknown added", true, () -> object.put("unknown", 1), () -> object.remove("unknown")));
            for (String key : List.copyOf(object.propertyNames())) {
                JsonNode value = object.get(key);
                String place = path + "/" + key;
                mutants.add(
                        new Mutant(place + " removed", true, () -> object.remove(key), () -> object.set(key, value)));
                replacements(value)
                        .forEach(r -> mutants.add(new Mutant(
                                place + " := " + r,
                                isOtherType(r, value),
                                () -> object.set(key, r),
                                () -> object.set(key, value))));
                collect(value, place, mutants);
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                int index = i;
                JsonNode value = array.get(i);
                String place = path + "/" + i;
                replacements(value)
                        .forEach(r -> mutants.add(new Mutant(
                                place + " := " + r,
                                isOtherType(r, value),
                                () -> array.set(index, r),
                                () -> array.set(index, value))));
                collect(value, place, mutants);
            }
        }
    }

    private static List<JsonNode> replacements(JsonNode value) {
        var replacements = new ArrayList<JsonNode>();
        OTHER_TYPES.stream().filter(r -> isOtherType(r, value)).forEach(replacements::add);
        ODD_VALUES.stream().filter(r -> !isOtherType(r, value)).forEach(replacements::add);
        return replacements;
    }

    private static boolean isOtherType(JsonNode replacement, JsonNode value) {
        return replacement.getNodeType() != value.getNodeType();
    }
}
