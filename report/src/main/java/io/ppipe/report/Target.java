package io.ppipe.report;

/**
 * A horizontal line that data are held against, such as the wanted SLO attainment.
 *
 * @param name what the legend calls it
 * @param value in the unit of the chart's value axis
 */
public record Target(String name, double value) {
    public Target {
        Numbers.requireDrawable(value, "Target " + name);
    }
}
