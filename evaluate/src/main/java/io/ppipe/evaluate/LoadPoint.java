package io.ppipe.evaluate;

/**
 * What came of one load.
 *
 * @param load as a multiple of the base rates
 * @param attainment the least of any loaded model, at the time when the run was stopped
 * @param meets whether all models attain their targets
 * @param certain whether the confidence interval decided that; else the longest run's attainment did
 * @param seconds simulated
 */
public record LoadPoint(double load, double attainment, boolean meets, boolean certain, double seconds) {}
