package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Heads of MMDetection that predict at every pixel of every level of a pyramid. All levels share the weights.
 *
 * @param kind which one
 * @param channels of the pyramid
 * @param convolutions of each of the two towers, for classes and for boxes
 */
record DenseHead(Kind kind, int channels, int convolutions) {
    private static final int CLASSES = 80;
    private static final int MOST_GROUPS = 32;

    /** Distances are read from this many bins and one more: generalised focal loss. */
    static final int BINS = 16;

    enum Kind {
        /** Adaptive training sample selection (Zhang et al., CVPR 2020). */
        ATSS,

        /** Feature selective anchor-free (Zhu et al., CVPR 2019). */
        FSAF,

        /** Generalised focal loss (Li et al., NeurIPS 2020). */
        GFL,

        /** CenterNet as it is in two-stage detectors (Zhou et al., 2021). */
        CENTERNET
    }

    /**
     * What is predicted at a level's pixels.
     *
     * @param classes {@code float[classes][height][width]}, before the sigmoid
     * @param boxes {@code float[4][height][width]}, for GFL {@code float[4 · 17][…]}
     * @param centred how well it is centred, {@code float[1][height][width]}, for ATSS
     */
    record Level(Value classes, Value boxes, Optional<Value> centred) {}

    List<Level> build(Network net, List<Value> pyramid) {
        var levels = new ArrayList<Level>();
        for (int i = 0; i < pyramid.size(); i++) {
            levels.add(level(net, pyramid.get(i), i));
        }
        return levels;
    }

    private Level level(Network net, Value x, int level) {
        Value forClasses = tower(net, x, "classes", level == 0);
        Value classes = kind == Kind.CENTERNET ? predict(net, forClasses, CLASSES, "class") : forClasses;
        Value forBoxes = tower(net, x, "boxes", false);
        if (kind != Kind.CENTERNET) {
            classes = predict(net, forClasses, CLASSES, "class");
        }
        Value boxes = predict(net, forBoxes, kind == Kind.GFL ? 4 * (BINS + 1) : 4, "box");
        boxes = switch (kind) {
            case FSAF -> net.relu(boxes);
            case ATSS, GFL -> scaled(net, boxes, level);
            case CENTERNET -> {
                Value positive = net.clip(scaled(net, boxes, level), 0, Float.MAX_VALUE);
                net.skip(1);
                yield net.binary("Mul", positive, net.scalar(8 << level));
            }
        };
        Optional<Value> centred =
                kind == Kind.ATSS ? Optional.of(predict(net, forBoxes, 1, "centredness")) : Optional.empty();
        return new Level(classes, boxes, centred);
    }

    /** @param first the exporter makes constants here that all others share */
    private Value tower(Network net, Value x, String name, boolean first) {
        Value y = x;
        for (int i = 0; i < convolutions; i++) {
            String weights = "head.%s.%d".formatted(name, i);
            y = net.convolution(y, Conv.of(channels, 3), weights);
            if (kind != Kind.FSAF) {
                y = net.groupNormalisation(y, Math.min(MOST_GROUPS, channels / 2), weights + ".norm", first && i == 0);
            }
            y = net.relu(y);
        }
        return y;
    }

    private static Value predict(Network net, Value x, int filters, String name) {
        return net.convolution(x, Conv.of(filters, 3).gain(Conv.LINEAR), "head." + name);
    }

    /** By a factor for each level, in float32 whatever the rest is. */
    private static Value scaled(Network net, Value boxes, int level) {
        return net.cast(net.binary("Mul", boxes, net.near("head.scale." + level, 1, 1)));
    }
}
