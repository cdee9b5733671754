package io.ppipe.simulate;

/**
 * An estimated SLO attainment.
 *
 * @param value in time ÷ arrived, in [0, 1]
 * @param standardError of the value; infinite when too little has been seen
 */
public record Attainment(double value, double standardError) {}
