package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.List;

/**
 * RTMDet (Lyu et al., 2022): {@code image} to {@code boxes} float32[batch][n][4] (left, top, right, bottom, in pixels) and {@code
 * scores} float32[batch][n][80], at all pixels of all levels. Non-maximum suppression is left to the client, as in {@link
 * Detections}.
 *
 * @param size height and width of the image
 */
record RtmDet(CspNext backbone, int size) implements Architecture {
    private static final int CLASSES = 80;
    private static final int FIRST_STRIDE = 8;

    @Override
    public void build(Network net) {
        net.names(new LayerNames.Numbered(0));
        Value image = net.input("image", 3, size, size);
        List<Value> levels = backbone.pyramid(net, backbone.backbone(net, image));
        var classes = new ArrayList<Value>();
        var distances = new ArrayList<Value>();
        var priors = new Priors(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < levels.size(); i++) {
            Value level = levels.get(i);
            int stride = FIRST_STRIDE << i;
            classes.add(predicted(net, level, CLASSES));
            Value distance = net.elementwise("Exp", predicted(net, level, 4));
            net.skip(1);
            distances.add(net.binary("Mul", distance, net.scalar(stride)));
            priors.append(Priors.of(level, stride, List.of(new Priors.Shape(1, 1))));
        }
        net.at(LayerNames.SCOPED);
        net.output("scores", net.sigmoid(joined(net, classes)));
        net.output(
                "boxes",
                Boxes.fromDistances(
                        net,
                        joined(net, distances),
                        priors.constants(net, "priors").centres(),
                        size));
    }

    /** Levels have weights of their own: their batch normalisations differ, and are folded into what they share. */
    private static Value predicted(Network net, Value level, int filters) {
        Value x = CspNext.convolution(net, level, Conv.of(level.channels(), 3));
        x = CspNext.convolution(net, x, Conv.of(level.channels(), 3));
        return net.convolution(x, Conv.of(filters, 1).gain(Conv.LINEAR));
    }

    private static Value joined(Network net, List<Value> levels) {
        return net.concat(
                1, levels.stream().map(level -> Detections.rows(net, level)).toList());
    }
}
