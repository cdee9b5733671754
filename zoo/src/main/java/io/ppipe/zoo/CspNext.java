package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.List;

/**
 * CSPNeXt and its path aggregation pyramid, as RTMDet has them (Lyu et al., 2022). Batch normalisation is folded into the
 * convolutions.
 *
 * @param width channels of the first stage; doubles from stage to stage
 * @param depths blocks of each of the four stages
 * @param pyramidDepth blocks of each merging layer
 */
record CspNext(int width, List<Integer> depths, int pyramidDepth) {
    /** Returns the last three stages: smaller than the image by 8, 16 and 32. */
    List<Value> backbone(Network net, Value image) {
        Value x = convolution(net, image, Conv.of(width / 4, 3).stride(2));
        x = convolution(net, x, Conv.of(width / 4, 3));
        x = convolution(net, x, Conv.of(width / 2, 3));
        var stages = new ArrayList<Value>();
        for (int stage = 0; stage < depths.size(); stage++) {
            boolean last = stage == depths.size() - 1;
            x = convolution(net, x, Conv.of(width << stage, 3).stride(2));
            x = last ? pooled(net, x) : x;
            x = attended(net, crossStage(net, x, x.channels() / 2, depths.get(stage), !last));
            x = convolution(net, x, Conv.of(x.channels(), 1));
            stages.add(x);
        }
        return stages.subList(1, stages.size());
    }

    /** Returns as many levels as there are stages, from the largest to the smallest, all as wide as the first. */
    List<Value> pyramid(Network net, List<Value> stages) {
        int top = stages.size() - 1;
        var inner = new ArrayList<>(stages);
        for (int i = top; i > 0; i--) {
            Value low = stages.get(i - 1);
            inner.set(i, convolution(net, inner.get(i), Conv.of(low.channels(), 1)));
            net.skip(i == top ? 1 : 0);
            Value up = net.resize(inner.get(i), low.height(), low.width(), "nearest");
            inner.set(i - 1, merged(net, up, low, low.channels()));
        }
        var levels = new ArrayList<Value>();
        levels.add(inner.getFirst());
        for (int i = 1; i <= top; i++) {
            Value high = inner.get(i);
            Value down = convolution(
                    net,
                    levels.getLast(),
                    Conv.of(levels.getLast().channels(), 3).stride(2));
            levels.add(merged(net, down, high, stages.get(i).channels()));
        }
        int channels = stages.getFirst().channels();
        return levels.stream()
                .map(level -> convolution(net, level, Conv.of(channels, 3)))
                .toList();
    }

    private Value merged(Network net, Value a, Value b, int filters) {
        Value both = net.concat(1, List.of(a, b));
        return convolution(net, crossStage(net, both, filters / 2, pyramidDepth, false), Conv.of(filters, 1));
    }

    /** Half of the channels go through the blocks, half pass by: {@code float[2 · inner][height][width]}. */
    private static Value crossStage(Network net, Value x, int inner, int blocks, boolean residual) {
        Value passing = convolution(net, x, Conv.of(inner, 1));
        Value y = convolution(net, x, Conv.of(inner, 1));
        for (int i = 0; i < blocks; i++) {
            Value z = convolution(net, y, Conv.of(inner, 3));
            z = convolution(net, z, Conv.of(inner, 5).groups(inner));
            z = convolution(net, z, Conv.of(inner, 1));
            y = residual ? net.add(z, y) : z;
        }
        return net.concat(1, List.of(y, passing));
    }

    /** Channels are gated by what the image holds. */
    private static Value attended(Network net, Value x) {
        Value gate = net.convolution(
                net.globalAveragePool(x), Conv.of(x.channels(), 1).gain(Conv.LINEAR));
        return net.multiply(x, net.elementwise("HardSigmoid", gate));
    }

    /** Spatial pyramid pooling: what lies around each pixel, near and far. */
    private static Value pooled(Network net, Value x) {
        Value y = convolution(net, x, Conv.of(x.channels() / 2, 1));
        var parts = new ArrayList<Value>();
        parts.add(y);
        for (int size : List.of(5, 9, 13)) {
            parts.add(net.maxPool(y, size, 1, size / 2));
        }
        return convolution(net, net.concat(1, parts), Conv.of(x.channels(), 1));
    }

    static Value convolution(Network net, Value x, Conv conv) {
        return net.silu(net.convolution(x, conv.gain(Conv.SILU)));
    }
}
