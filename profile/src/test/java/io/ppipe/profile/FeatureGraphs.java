package io.ppipe.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random graphs with what real exports have: several inputs and outputs, outputs made early, weights shared by distant
 * layers, constants of all kinds, shapes computed from activations, control flow that takes tensors from outside.
 */
final class FeatureGraphs {
    private static final int WIDTH = 6;

    private final SplittableRandom random;
    private final TestGraph graph = new TestGraph();
    private final List<String> values = new ArrayList<>();
    private int made;

    private FeatureGraphs(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The same seed gives the same graph; its inputs are a and b, float32[batch, 6]. */
    static TestGraph random(long seed) {
        return new FeatureGraphs(seed).build();
    }

    private TestGraph build() {
        graph.operatorSet(13 + random.nextInt(9));
        graph.input("a", -1, WIDTH).input("b", -1, WIDTH);
        graph.weight("shared", WIDTH, WIDTH).weight("bias", WIDTH);
        graph.numbers("first_axis", 0).numbers("width", WIDTH).numbers("halves", 2, WIDTH / 2);
        values.add("a");
        values.add("b");
        int layers = 8 + random.nextInt(12);
        for (int i = 0; i < layers; i++) {
            values.add(layer());
        }
        String last = values.getLast();
        String early = values.get(2 + random.nextInt(3));
        graph.output(last, -1, WIDTH);
        if (!early.equals(last)) {
            graph.output(early, -1, WIDTH);
        }
        return graph;
    }

    private String layer() {
        String x = any();
        return switch (random.nextInt(8)) {
            case 0 -> node("MatMul", x, "shared");
            case 1 -> node("Add", x, "bias");
            case 2 -> node("Add", x, any());
            case 3 -> node("Mul", node("Sigmoid", x), any());
            case 4 -> node("Add", x, node("ConstantOfShape", "width"));
            case 5 -> throughComputedShape(x);
            case 6 -> choice(x);
            default -> node("Relu", x);
        };
    }

    /** Into two halves and back, by a shape that is asked of another tensor. */
    private String throughComputedShape(String x) {
        String batch = node("Gather", node("Shape", any()), "first_axis");
        String halves = concat(batch, "halves");
        String flat = concat(batch, "width");
        return node("Reshape", node("Tanh", node("Reshape", x, halves)), flat);
    }

    private String concat(String x, String y) {
        String name = "v" + made++;
        graph.node("Concat", name, List.of(x, y), TestGraph.attribute("axis", 0));
        return name;
    }

    /** An If whose branches take tensors of the graph around it. */
    private String choice(String x) {
        String total = "v" + made++;
        graph.node("ReduceSum", total, List.of(x), TestGraph.attribute("keepdims", 0));
        String positive = node("Greater", total, node("Neg", total));
        String name = "v" + made++;
        var then =
                new TestGraph().node("Add", name + "_then", List.of(x, any())).output(name + "_then", -1, WIDTH);
        var otherwise = new TestGraph()
                .node("MatMul", name + "_else", List.of(any(), "shared"))
                .output(name + "_else", -1, WIDTH);
        graph.node(
                "If",
                name,
                List.of(positive),
                TestGraph.attribute("then_branch", then.inner()),
                TestGraph.attribute("else_branch", otherwise.inner()));
        return name;
    }

    private String node(String operator, String... inputs) {
        String name = "v" + made++;
        graph.node(operator, name, List.of(inputs));
        return name;
    }

    private String any() {
        return values.get(random.nextInt(values.size()));
    }
}
