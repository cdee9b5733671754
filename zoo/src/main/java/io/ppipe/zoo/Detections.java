package io.ppipe.zoo;

import io.ppipe.zoo.DenseHead.Kind;
import io.ppipe.zoo.DenseHead.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * From a dense head's predictions to {@code boxes} float32[batch][n][4] (left, top, right, bottom, in pixels) and {@code scores}
 * float32[batch][n][classes], the best candidates of every level. What follows in the published models, non-maximum
 * suppression, is a plugin of TensorRT there and has no shape that is known before running in ONNX: it is left to the
 * client.
 *
 * @param candidates kept of each level
 * @param imageSize height and width of the image, in pixels
 */
record Detections(int candidates, int imageSize) {
    private static final int FIRST_STRIDE = 8;

    private record Chosen(Value boxes, Value scores) {}

    void build(Network net, Kind kind, List<Level> levels) {
        var boxes = new ArrayList<Value>();
        var scores = new ArrayList<Value>();
        for (int i = 0; i < levels.size(); i++) {
            net.at("%s/level%d".formatted(LayerNames.SCOPED, i));
            Chosen chosen = chosen(net, kind, levels.get(i), i);
            boxes.add(chosen.boxes());
            scores.add(chosen.scores());
        }
        net.at(LayerNames.SCOPED);
        net.output("boxes", net.concat(1, boxes));
        net.output("scores", net.concat(1, scores));
    }

    /** Rows are added first, so that every level has enough of them. */
    private Chosen chosen(Network net, Kind kind, Level level, int index) {
        Value scores = padded(net, net.sigmoid(rows(net, level.classes())));
        if (level.centred().isPresent()) {
            Value centred = padded(net, net.sigmoid(rows(net, level.centred().get())));
            scores = net.multiply(scores, centred);
        }
        Value predicted = padded(net, rows(net, level.boxes()));
        Value best = net.largest(net.reduceMax(scores, 2), candidates);
        Value indices = net.unsqueeze(best, 2);
        int stride = FIRST_STRIDE << index;
        Priors priors = Priors.of(level.classes(), stride, List.of(shape(kind)));
        priors.pad(candidates);
        String name = "priors" + index;
        Value boxes;
        if (kind == Kind.CENTERNET) {
            String centres = priors.chosenCentres(net, name, best);
            boxes = Boxes.fromDistances(net, net.gatherRows(predicted, indices), centres, imageSize);
        } else {
            Priors.Named at = priors.chosen(net, name, best);
            boxes = decoded(net, kind, net.gatherRows(predicted, indices), at);
        }
        return new Chosen(boxes, net.gatherRows(scores, indices));
    }

    private static Priors.Shape shape(Kind kind) {
        double size = switch (kind) {
            case ATSS -> 8;
            case FSAF -> 4;
            case GFL, CENTERNET -> 1;
        };
        return new Priors.Shape(size, size);
    }

    private Value decoded(Network net, Kind kind, Value predicted, Priors.Named priors) {
        return switch (kind) {
            case ATSS -> Boxes.fromOffsets(net, predicted, priors, imageSize);
            case FSAF -> Boxes.fromRelativeDistances(net, predicted, priors, imageSize);
            case GFL -> Boxes.fromRelativeDistances(net, expected(net, predicted), priors, imageSize);
            case CENTERNET -> throw new AssertionError("The boxes of %s do not depend on sizes.".formatted(kind));
        };
    }

    /** Every distance is the mean of a distribution over bins. */
    private static Value expected(Network net, Value predicted) {
        int bins = DenseHead.BINS + 1;
        Value each = net.softmax(net.reshape(predicted, predicted.dimension(0), 4, bins), 3);
        var numbers = new ArrayList<Float>();
        for (int bin = 0; bin < bins; bin++) {
            numbers.add((float) bin);
        }
        return net.reduceSum(net.binary("Mul", each, net.floats("bins", List.of(bins), numbers)), 3);
    }

    private Value padded(Network net, Value rows) {
        return net.padRows(rows, candidates, 0);
    }

    /** @return {@code float[height · width][channels]} */
    static Value rows(Network net, Value image) {
        Value last = net.transpose(image, 2, 3, 1);
        return net.reshape(last, image.height() * image.width(), image.channels());
    }
}
