package io.ppipe.simulate;

import java.util.random.RandomGenerator;

/**
 * Cameras that all send at one number of frames per second, each beginning at its own random time. A frame comes late by a
 * random part of the jitter; the next one doesn't move because of that. An arrival costs O(log cameras).
 */
final class CameraProcess implements ArrivalProcess {
    private final RandomGenerator random;
    private final double intervalMicros;
    private final double jitterMicros;
    private final double[] phaseMicros;
    private final long[] frames;
    private final Tournament tournament;

    CameraProcess(ArrivalSpec.Cameras spec, double ratePerSecond, RandomGenerator random) {
        this.random = random;
        int cameras = spec.count(ratePerSecond);
        this.intervalMicros = cameras * 1e6 / ratePerSecond;
        this.jitterMicros = spec.jitter() * intervalMicros;
        this.phaseMicros = new double[cameras];
        this.frames = new long[cameras];
        this.tournament = new Tournament(cameras);
        for (int camera = 0; camera < cameras; camera++) {
            phaseMicros[camera] = random.nextDouble() * intervalMicros;
            frames[camera] = -1; // a frame from before the run may come late enough to be in it
            double first = frame(camera);
            tournament.set(camera, first >= 0 ? first : frame(camera));
        }
    }

    private double frame(int camera) {
        return phaseMicros[camera] + frames[camera]++ * intervalMicros + jitterMicros * random.nextDouble();
    }

    @Override
    public double nextMicros() {
        double next = tournament.earliestMicros();
        int camera = tournament.earliest();
        tournament.set(camera, frame(camera));
        return next;
    }
}
