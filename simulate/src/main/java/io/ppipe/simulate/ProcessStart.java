package io.ppipe.simulate;

import java.util.random.RandomGenerator;

/**
 * What one model's arrival process needs to begin.
 *
 * @param models how many models there are
 * @param random the model's own
 */
record ProcessStart(int model, int models, double ratePerSecond, double endMicros, RandomGenerator random) {
    ArrivalProcess of(ArrivalSpec spec) {
        if (spec instanceof ArrivalSpec.Recorded recorded) {
            return recorded(recorded);
        }
        if (ratePerSecond == 0) {
            return ArrivalProcess.NONE;
        }
        return switch (spec) {
            case ArrivalSpec.Poisson() -> new PoissonProcess(ratePerSecond, random);
            case ArrivalSpec.Gamma(double cv2) -> new GammaProcess(ratePerSecond, cv2, random);
            case ArrivalSpec.Mmpp mmpp -> new MmppProcess(mmpp, ratePerSecond, endMicros, random);
            case ArrivalSpec.Diurnal diurnal -> new DiurnalProcess(diurnal, ratePerSecond, endMicros, random);
            case ArrivalSpec.Cameras cameras -> new CameraProcess(cameras, ratePerSecond, random);
            case ArrivalSpec.Azure(String _, TraceTimes times) ->
                TraceProcess.folded(times, ratePerSecond, random.nextDouble(), endMicros);
            case ArrivalSpec.Recorded recorded -> recorded(recorded);
        };
    }

    private ArrivalProcess recorded(ArrivalSpec.Recorded recorded) {
        if (recorded.models().size() != models) {
            throw new IllegalArgumentException("%s has arrivals of %d models, the plan has %d."
                    .formatted(recorded, recorded.models().size(), models));
        }
        TraceTimes times = recorded.models().get(model);
        if (!recorded.scaled()) {
            return TraceProcess.asRecorded(times);
        }
        if (ratePerSecond == 0) {
            return ArrivalProcess.NONE;
        }
        if (times.count() == 0) {
            throw new IllegalArgumentException(
                    "%s has no arrival of model %d to scale to %s per second. Maybe its rate should be 0."
                            .formatted(recorded, model, Parameters.text(ratePerSecond)));
        }
        return TraceProcess.folded(times, ratePerSecond, 0, endMicros);
    }
}
