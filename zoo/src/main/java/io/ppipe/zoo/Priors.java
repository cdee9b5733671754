package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where a detector's boxes start from, a constant of the model: centres {@code (x, y)} and sizes {@code (width, height)}, in
 * pixels of the image.
 *
 * @param centres two for each prior, one after the other
 * @param sizes the same
 */
record Priors(List<Float> centres, List<Float> sizes) {
    /** A box of a shape: times as wide and as high as the distance between pixels of a level. */
    record Shape(double width, double height) {}

    /**
     * Returns the priors of one level, row by row, all shapes of a pixel together.
     *
     * @param stride pixels of the image for each of the level
     */
    static Priors of(Value level, int stride, List<Shape> shapes) {
        var priors = new Priors(new ArrayList<>(), new ArrayList<>());
        for (int y = 0; y < level.height(); y++) {
            for (int x = 0; x < level.width(); x++) {
                for (Shape shape : shapes) {
                    Collections.addAll(priors.centres, (x + 0.5f) * stride, (y + 0.5f) * stride);
                    Collections.addAll(
                            priors.sizes, (float) (shape.width() * stride), (float) (shape.height() * stride));
                }
            }
        }
        return priors;
    }

    /** Puts others behind these. */
    void append(Priors others) {
        centres.addAll(others.centres);
        sizes.addAll(others.sizes);
    }

    /** Appends priors that are never chosen. */
    void pad(int count) {
        centres.addAll(Collections.nCopies(2 * count, 0f));
        sizes.addAll(Collections.nCopies(2 * count, 0f));
    }

    int count() {
        return centres.size() / 2;
    }

    /** Names of values {@code float[…][priors][2]}: the priors themselves, or some of them chosen for each request. */
    record Named(String centres, String sizes) {}

    Named constants(Network net, String name) {
        return new Named(
                net.floats(name + ".centres", List.of(count(), 2), centres),
                net.floats(name + ".sizes", List.of(count(), 2), sizes));
    }

    /** @param rows indices {@code [count]}, for each request its own */
    Named chosen(Network net, String name, Value rows) {
        Named all = constants(net, name);
        return new Named(
                gather(net, all.centres(), rows).name(),
                gather(net, all.sizes(), rows).name());
    }

    /** As {@link #chosen}, for boxes that don't depend on sizes: nothing is gathered that no layer reads. */
    String chosenCentres(Network net, String name, Value rows) {
        String all = net.floats(name + ".centres", List.of(count(), 2), centres);
        return gather(net, all, rows).name();
    }

    private static Value gather(Network net, String constant, Value rows) {
        return net.node("Gather", List.of(constant, rows.name()), List.of(rows.dimension(0), 2));
    }
}
