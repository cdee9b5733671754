package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.List;

/**
 * EfficientDet (Tan et al., CVPR 2020): {@code image} to {@code boxes} float32[batch][n][4] (left, top, right, bottom, in
 * pixels) and {@code scores} float32[batch][n][90], for all anchors. Non-maximum suppression is left to the client, as in {@link
 * Detections}.
 *
 * @param channels of the pyramid
 * @param cells of the pyramid
 * @param convolutions of each of the two towers, for classes and for boxes
 * @param size height and width of the image
 */
record EfficientDet(EfficientNet backbone, int channels, int cells, int convolutions, int size)
        implements Architecture {
    private static final int CLASSES = 90;
    private static final int FIRST_STRIDE = 8;

    /** Stages of the backbone that are smaller than the image by 8, 16 and 32. */
    private static final List<Integer> STAGES = List.of(2, 4, 6);

    @Override
    public void build(Network net) {
        net.names(new LayerNames.Numbered(0));
        List<Value> stages = backbone.build(net, net.input("image", 3, size, size));
        List<Value> levels =
                new BiFpn(net, channels).build(STAGES.stream().map(stages::get).toList(), cells);
        List<Priors.Shape> anchors = anchors();
        var classes = new ArrayList<Value>();
        var boxes = new ArrayList<Value>();
        var priors = new Priors(new ArrayList<>(), new ArrayList<>());
        for (Value level : levels) {
            classes.add(predicted(net, level, anchors.size(), CLASSES));
        }
        for (Value level : levels) {
            boxes.add(predicted(net, level, anchors.size(), 4));
        }
        for (int i = 0; i < levels.size(); i++) {
            priors.append(Priors.of(levels.get(i), FIRST_STRIDE << i, anchors));
        }
        net.at(LayerNames.SCOPED);
        net.output("scores", net.sigmoid(net.concat(1, classes)));
        net.output("boxes", Boxes.fromOffsets(net, net.concat(1, boxes), priors.constants(net, "priors"), size));
    }

    /** Three sizes, each square, wide and high; four times as large as the distance between pixels. */
    private static List<Priors.Shape> anchors() {
        var shapes = new ArrayList<Priors.Shape>();
        for (int third = 0; third < 3; third++) {
            double edge = 4 * Math.pow(2, third / 3.0);
            shapes.add(new Priors.Shape(edge, edge));
            shapes.add(new Priors.Shape(edge * 1.4, edge * 0.7));
            shapes.add(new Priors.Shape(edge * 0.7, edge * 1.4));
        }
        return shapes;
    }

    /** @return {@code float[height · width · anchors][filters]} */
    private Value predicted(Network net, Value level, int anchors, int filters) {
        Value x = level;
        for (int i = 0; i < convolutions; i++) {
            x = net.silu(BiFpn.separable(net, x, channels, Conv.SILU));
        }
        x = BiFpn.separable(net, x, anchors * filters, Conv.LINEAR);
        Value last = net.transpose(x, 2, 3, 1);
        return net.reshape(last, x.height() * x.width() * anchors, filters);
    }
}
