package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.List;

/**
 * Feature pyramid network (Lin et al., CVPR 2017) as MMDetection's dense detectors have it: five levels, smaller than the image
 * by 8 to 128.
 *
 * @param channels of every level
 * @param coarse where the two smallest levels come from
 */
record FeaturePyramid(int channels, Coarse coarse) {
    enum Coarse {
        /** From the last level, by convolutions. */
        OUTPUT,

        /** The same with a Relu between them. */
        OUTPUT_RELU,

        /** From the backbone's last stage. */
        INPUT
    }

    /** @param stages of the backbone; the first is left out */
    List<Value> build(Network net, List<Value> stages) {
        var laterals = new ArrayList<Value>();
        for (Value stage : stages.subList(1, stages.size())) {
            laterals.add(net.convolution(stage, Conv.of(channels, 1).gain(Conv.LINEAR)));
        }
        for (int i = laterals.size() - 1; i > 0; i--) {
            Value larger = laterals.get(i - 1);
            net.skip(i == laterals.size() - 1 ? 9 : 6);
            Value up = net.resize(laterals.get(i), larger.height(), larger.width(), "nearest");
            laterals.set(i - 1, net.add(larger, up));
        }
        var levels = new ArrayList<Value>();
        for (Value lateral : laterals) {
            levels.add(net.convolution(lateral, Conv.of(channels, 3).gain(Conv.LINEAR)));
        }
        Conv halving = Conv.of(channels, 3).stride(2).gain(Conv.LINEAR);
        levels.add(net.convolution(coarse == Coarse.INPUT ? stages.getLast() : levels.getLast(), halving));
        Value last = coarse == Coarse.OUTPUT_RELU ? net.relu(levels.getLast()) : levels.getLast();
        levels.add(net.convolution(last, halving));
        return levels;
    }
}
