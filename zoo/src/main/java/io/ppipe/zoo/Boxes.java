package io.ppipe.zoo;

import java.util.List;

/** From what a network predicts to boxes {@code float[boxes][4]}: left, top, right, bottom, in pixels of the image. */
final class Boxes {
    /** What predictions are multiplied by, so that all are of similar size (Girshick, ICCV 2015). */
    private static final double CENTRE_DEVIATION = 0.1;

    private static final double SIZE_DEVIATION = 0.2;

    /** Logarithm of the most that a box may be larger than its prior. */
    private static final double LARGEST = Math.log(1000.0 / 16);

    private Boxes() {}

    /** @param offsets {@code float[boxes][4]}: of the centre, relative to the prior's size, and of the size's logarithm */
    static Value fromOffsets(Network net, Value offsets, Priors.Named priors, int imageSize) {
        Value move = net.binary("Mul", net.slice(offsets, 2, 0, 2), net.scalar(CENTRE_DEVIATION));
        Value centres = net.binary("Add", net.binary("Mul", move, priors.sizes()), priors.centres());
        Value grow = net.binary("Mul", net.slice(offsets, 2, 2, 4), net.scalar(SIZE_DEVIATION));
        Value sizes = net.binary("Mul", net.elementwise("Exp", net.clip(grow, -LARGEST, LARGEST)), priors.sizes());
        Value half = net.binary("Mul", sizes, net.scalar(0.5));
        return joined(net, net.subtract(centres, half), net.add(centres, half), imageSize);
    }

    /**
     * @param distances {@code float[boxes][4]}, from the prior's centre, in pixels
     * @param centres of the priors
     */
    static Value fromDistances(Network net, Value distances, String centres, int imageSize) {
        return between(net, net.slice(distances, 2, 0, 2), net.slice(distances, 2, 2, 4), centres, imageSize);
    }

    /** @param distances {@code float[boxes][4]}, from the prior's centre, in sizes of the prior */
    static Value fromRelativeDistances(Network net, Value distances, Priors.Named priors, int imageSize) {
        Value before = net.binary("Mul", net.slice(distances, 2, 0, 2), priors.sizes());
        Value behind = net.binary("Mul", net.slice(distances, 2, 2, 4), priors.sizes());
        return between(net, before, behind, priors.centres(), imageSize);
    }

    private static Value between(Network net, Value before, Value behind, String centres, int imageSize) {
        Value begin = net.binary("Sub", centres, before);
        return joined(net, begin, net.binary("Add", behind, centres), imageSize);
    }

    private static Value joined(Network net, Value begin, Value end, int imageSize) {
        return net.clip(net.concat(2, List.of(begin, end)), 0, imageSize);
    }
}
