package io.ppipe.evaluate;

import java.util.List;

/**
 * The highest load at which all models attain their SLO targets.
 *
 * @param load as a multiple of the base rates; 0 when even a hundredth of the guess is too much, and a hundred times the guess
 *     when that is not too much yet
 * @param points every load that was tried, in order
 */
public record HighestLoad(double load, List<LoadPoint> points) {
    public HighestLoad {
        points = List.copyOf(points);
    }
}
