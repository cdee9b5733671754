package io.ppipe.cli;

import io.ppipe.evaluate.Tuned;
import io.ppipe.evaluate.Tuner;
import io.ppipe.evaluate.TunerSettings;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.plan.StopSignal;

/**
 * A call of the tuner, with what it took.
 *
 * @param seconds from start to end
 */
record TunedPlanning(Tuned tuned, double seconds) {
    static TunedPlanning of(Scenario scenario, TunerSettings settings, Progress progress, StopSignal stop) {
        long start = System.nanoTime();
        Tuned tuned = Tuner.tune(scenario, settings, progress, stop);
        return new TunedPlanning(tuned, (System.nanoTime() - start) / 1e9);
    }
}
