package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.List;

/**
 * Adaptive context modules: for each size of a pyramid, every pixel takes a mean of the cells, by weights of its own.
 *
 * @param channels inside
 * @param features {@code float[…][height][width]}
 */
record PyramidContext(Network net, int channels, Value features) {
    /** Returns the features, and behind them what each module makes of them: {@code float[channels][height][width]}. */
    List<Value> joined(List<Integer> cells) {
        var parts = new ArrayList<Value>();
        parts.add(features);
        for (int count : cells) {
            parts.add(module(count, parts.size() == 1));
        }
        return parts;
    }

    /** @param first the exporter spent more nodes on constants, which later modules share */
    private Value module(int cells, boolean first) {
        int pixels = features.height() * features.width();
        int count = cells * cells;
        Value pooled = net.averageInto(features, cells);
        Value x = SegmentationHead.convolution(net, features, Conv.of(channels, 1));
        pooled = SegmentationHead.convolution(net, pooled, Conv.of(channels, 1));
        net.skip(first ? 5 : 4);
        pooled = net.transpose(net.reshape(pooled, channels, count), 2, 1);
        Value overall = SegmentationHead.convolution(net, net.globalAveragePool(x), Conv.of(channels, 1));
        net.skip(first ? 9 : 6);
        overall = net.resize(overall, features.height(), features.width(), "linear");
        Value affinity = net.convolution(net.add(x, overall), Conv.of(count, 1).gain(Conv.LINEAR));
        affinity = net.transpose(affinity, 2, 3, 1);
        net.skip(1);
        affinity = net.sigmoid(net.reshape(affinity, pixels, count));
        Value context = net.transpose(net.matMul(affinity, pooled), 2, 1);
        net.skip(first ? 7 : 5);
        context = net.reshape(context, channels, features.height(), features.width());
        context =
                SegmentationHead.convolution(net, context, Conv.of(channels, 1).gain(Conv.LINEAR / (double) count));
        context = net.relu(net.add(context, x));
        return SegmentationHead.convolution(net, context, Conv.of(channels, 1));
    }
}
