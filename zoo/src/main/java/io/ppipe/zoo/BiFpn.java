package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.List;

/**
 * Bidirectional feature pyramid (Tan et al., CVPR 2020): five levels that are merged with their neighbours, from small to
 * large and back, several times over.
 *
 * @param channels of every level
 */
record BiFpn(Network net, int channels) {
    private static final int LEVELS = 5;

    /** @param stages the largest levels, from the backbone; the others are pooled from the last one */
    List<Value> build(List<Value> stages, int cells) {
        var levels = new ArrayList<Value>();
        for (Value stage : stages) {
            levels.add(narrowed(stage));
        }
        levels.add(halved(narrowed(stages.getLast())));
        while (levels.size() < LEVELS) {
            levels.add(halved(levels.getLast()));
        }
        List<Value> merged = levels;
        for (int cell = 0; cell < cells; cell++) {
            merged = cell(merged);
        }
        return merged;
    }

    private List<Value> cell(List<Value> levels) {
        var down = new ArrayList<>(levels);
        for (int i = levels.size() - 2; i >= 0; i--) {
            Value level = levels.get(i);
            Value up = net.resize(down.get(i + 1), level.height(), level.width(), "nearest");
            down.set(i, fused(List.of(level, up)));
        }
        var merged = new ArrayList<Value>();
        merged.add(down.getFirst());
        for (int i = 1; i < levels.size(); i++) {
            Value smaller = halved(merged.getLast());
            boolean last = i == levels.size() - 1;
            merged.add(fused(last ? List.of(levels.get(i), smaller) : List.of(levels.get(i), down.get(i), smaller)));
        }
        return merged;
    }

    /** A weighted mean, by weights that training finds; then SiLU and a separable convolution. */
    private Value fused(List<Value> parts) {
        double mean = 1.0 / parts.size();
        Value sum = weighted(parts.getFirst(), mean);
        for (Value part : parts.subList(1, parts.size())) {
            sum = net.add(sum, weighted(part, mean));
        }
        return separable(net, net.silu(sum), channels, Conv.SILU);
    }

    private Value weighted(Value part, double mean) {
        String name = net.nextName("Mul");
        String weight = net.weight(new Weight(name + ".share", List.of(1), mean, 0.1, mean));
        return net.node("Mul", name, List.of(part.name(), weight), part.type(), part.shape());
    }

    private Value narrowed(Value stage) {
        return net.convolution(stage, Conv.of(channels, 1).gain(Conv.LINEAR));
    }

    private Value halved(Value x) {
        return net.maxPool(x, 3, 2, 1);
    }

    /** Every channel by itself, then all of them pixel by pixel: two layers. */
    static Value separable(Network net, Value x, int filters, double gain) {
        Value depthwise =
                net.convolution(x, Conv.of(x.channels(), 3).groups(x.channels()).gain(gain));
        return net.convolution(depthwise, Conv.of(filters, 1).gain(Conv.LINEAR));
    }
}
