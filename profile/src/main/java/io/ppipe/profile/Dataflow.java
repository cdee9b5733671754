package io.ppipe.profile;

import io.ppipe.model.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/*
 * Three kinds of nodes, because a cut means something else for each.
 *
 * A constant node computes from weights alone (Constant, ConstantOfShape, Transpose of a weight). It is written into every
 * stage that needs its value, and computed there again.
 *
 * A shape node computes from shapes of activations, and constants: Shape -> Gather -> Concat, and also zero states and
 * position grids made from such numbers. It is repeated in every stage that needs it as well, because its values must not
 * cross: their dimension 0 is not the batch, so they could be neither sent per request nor put together again. But the
 * activation whose shape is asked for may be far away from that stage. Then its shape is rebuilt: all but the batch is
 * known now, and the batch is dimension 0 of whatever enters the stage (StageGraph does it). For this the activation's
 * shape must be known; otherwise the Shape node is a layer like any other.
 *
 * Everything else is a layer. What layers and the model's inputs hand to later layers are the activations: only these
 * cross cuts. Nodes with random results are always layers: repeated, they would give two different values.
 */

/** Which nodes are layers, and between which layers every activation lives. */
final class Dataflow {
    enum Role {
        CONSTANT,
        SHAPE,
        LAYER,
        /** Computes what only its shape is asked of: nothing, now that the shape is known. */
        UNUSED
    }

    private final List<GraphNode> nodes;
    private final List<Role> roles = new ArrayList<>();
    private final List<Integer> layerNodes = new ArrayList<>();
    private final Map<String, Integer> makers = new HashMap<>();
    private final Set<String> shapeValues = new HashSet<>();
    private final Set<String> unusedValues = new HashSet<>();

    /** Activations in the order in which they are made, with the layer that makes them; −1 for the model's inputs. */
    private final Map<String, Integer> madeBy = new LinkedHashMap<>();

    /** The last layer that reads an activation; the number of layers for the model's outputs. */
    private final Map<String, Integer> lastReader = new HashMap<>();

    /** What crosses behind each layer, found once: a model of thousands of layers is asked for all of them. */
    private final List<List<String>> crossing = new ArrayList<>();

    Dataflow(List<GraphNode> nodes, TensorShapes shapes, Set<String> weights) {
        this.nodes = List.copyOf(nodes);
        shapes.inputs().forEach(input -> madeBy.put(input.name(), -1));
        findRoles(new HashSet<>(weights), shapes);
        for (int i = 0; i < nodes.size(); i++) {
            GraphNode node = nodes.get(i);
            for (String made : node.makes()) {
                makers.put(made, i);
                if (roles.get(i) == Role.LAYER) {
                    madeBy.put(made, layerNodes.size());
                }
            }
            if (roles.get(i) == Role.LAYER) {
                for (String read : node.reads()) {
                    lastReader.put(read, layerNodes.size());
                }
                layerNodes.add(i);
            }
        }
        shapes.outputs().forEach(output -> lastReader.put(output.name(), layerNodes.size()));
        findCrossing(shapes);
    }

    private void findRoles(Set<String> constants, TensorShapes shapes) {
        for (GraphNode node : nodes) {
            Role role = role(node, constants, shapes.specs());
            roles.add(role);
            switch (role) {
                case CONSTANT -> constants.addAll(node.makes());
                case SHAPE -> shapeValues.addAll(node.makes());
                case LAYER, UNUSED -> {}
            }
        }
        var used = new HashSet<String>();
        shapes.outputs().forEach(output -> used.add(output.name()));
        for (int i = nodes.size() - 1; i >= 0; i--) {
            GraphNode node = nodes.get(i);
            if (roles.get(i) == Role.LAYER && node.makes().stream().noneMatch(used::contains)) {
                roles.set(i, Role.UNUSED);
                unusedValues.addAll(node.makes());
            } else if (roles.get(i) == Role.LAYER) {
                used.addAll(node.reads());
            }
        }
    }

    private void findCrossing(TensorShapes shapes) {
        var alive = new LinkedHashSet<String>();
        shapes.inputs().forEach(input -> alive.add(input.name()));
        alive.removeIf(value -> lastReader(value) < 0);
        for (int layer = 0; layer < layerNodes.size(); layer++) {
            GraphNode node = nodes.get(node(layer));
            alive.addAll(node.makes());
            int now = layer;
            alive.removeIf(value -> lastReader(value) <= now);
            crossing.add(List.copyOf(alive));
        }
    }

    private int lastReader(String value) {
        return lastReader.getOrDefault(value, -1);
    }

    private Role role(GraphNode node, Set<String> constants, Map<String, TensorSpec> specs) {
        if (!node.repeatable()) {
            return Role.LAYER;
        }
        if (constants.containsAll(node.reads())) {
            return Role.CONSTANT;
        }
        boolean fromShapes =
                node.reads().stream().allMatch(read -> constants.contains(read) || shapeValues.contains(read));
        return fromShapes
                        || (asksForShape(node) && specs.containsKey(node.reads().getFirst()))
                ? Role.SHAPE
                : Role.LAYER;
    }

    /** Whether a node gives the shape of what it reads, rather than computing with its elements. */
    private static boolean asksForShape(GraphNode node) {
        return node.isStandard("Shape") || node.isStandard("Size");
    }

    /** Whether a node asks for the shape of an activation, which a stage may not have. */
    boolean asksForActivation(int node) {
        return roles.get(node) == Role.SHAPE
                && asksForShape(nodes.get(node))
                && isComputed(nodes.get(node).reads().getFirst());
    }

    private boolean isComputed(String value) {
        return madeBy.containsKey(value) || unusedValues.contains(value);
    }

    List<GraphNode> nodes() {
        return nodes;
    }

    int layerCount() {
        return layerNodes.size();
    }

    /** Returns the position in {@link #nodes} of a layer. */
    int node(int layer) {
        return layerNodes.get(layer);
    }

    /** Returns the layer that a node is, or −1. */
    int layer(int node) {
        return madeBy.getOrDefault(nodes.get(node).makes().getFirst(), -1);
    }

    boolean isLayer(int node) {
        return roles.get(node) == Role.LAYER;
    }

    boolean isActivation(String value) {
        return madeBy.containsKey(value);
    }

    /** Returns the position in {@link #nodes} of what makes a value, or −1 for inputs and weights. */
    int maker(String value) {
        return makers.getOrDefault(value, -1);
    }

    List<Activation> activations(Function<String, Optional<TensorSpec>> specs, Set<String> outputs) {
        Map<String, List<Integer>> readers = new HashMap<>();
        for (int layer = 0; layer < layerNodes.size(); layer++) {
            for (String read : nodes.get(node(layer)).reads()) {
                readers.computeIfAbsent(read, _ -> new ArrayList<>()).add(layer);
            }
        }
        return madeBy.entrySet().stream()
                .map(made -> new Activation(
                        made.getKey(),
                        specs.apply(made.getKey()),
                        made.getValue(),
                        readers.getOrDefault(made.getKey(), List.of()),
                        outputs.contains(made.getKey())))
                .toList();
    }

    /** Returns what crosses behind a layer, in the order in which it was made. */
    List<String> crossing(int afterLayer) {
        return crossing.get(afterLayer);
    }

    /**
     * Returns what is in memory while one layer runs: its inputs, what it makes, and what merely passes by on its way from
     * an earlier layer to a later one.
     */
    List<String> alive(int layer) {
        var values = new ArrayList<String>();
        if (layer > 0) {
            values.addAll(crossing.get(layer - 1));
        } else {
            madeBy.forEach((value, maker) -> {
                if (maker < 0 && lastReader(value) >= 0) {
                    values.add(value);
                }
            });
        }
        values.addAll(nodes.get(node(layer)).makes());
        return values;
    }

    /** Returns what the layers {@code [firstLayer, endLayer)} make for later ones or for the client. */
    List<String> handedOn(int firstLayer, int endLayer) {
        return madeBetween(firstLayer, endLayer - 1, endLayer - 1);
    }

    /** Returns the activations that the layers {@code [firstLayer, endLayer)} read but don't make. */
    List<String> taken(int firstLayer, int endLayer) {
        var reads = new HashSet<String>();
        for (int layer = firstLayer; layer < endLayer; layer++) {
            reads.addAll(nodes.get(node(layer)).reads());
        }
        return madeBetween(-1, firstLayer - 1, -2).stream()
                .filter(reads::contains)
                .toList();
    }

    private List<String> madeBetween(int firstLayer, int lastLayer, int neededAfter) {
        var values = new ArrayList<String>();
        madeBy.forEach((value, layer) -> {
            if (layer >= firstLayer && layer <= lastLayer && lastReader(value) > neededAfter) {
                values.add(value);
            }
        });
        return values;
    }
}
