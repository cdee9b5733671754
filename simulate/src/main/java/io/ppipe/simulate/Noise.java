package io.ppipe.simulate;

import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Transfer;
import java.util.SplittableRandom;

/** By how much stages and transfers differ from what the profile says: {@link WorldSettings}, drawn from a seed. */
final class Noise {
    private static final double PARETO_SHAPE = 1.5;
    private static final double PARETO_MOST = 100;

    private final WorldSettings settings;
    private final boolean exact;
    private final SplittableRandom random;
    private final long errorSeed;

    Noise(WorldSettings settings, long seed) {
        this.settings = settings;
        this.exact = settings.exact();
        var seeds = new SplittableRandom(seed);
        this.random = seeds.split();
        this.errorSeed = seeds.nextLong();
    }

    /** Returns how long a stage takes. */
    long stage(Batch batch, int position, long plannedMicros) {
        if (exact) {
            return plannedMicros;
        }
        double factor = error(batch, position);
        if (settings.serviceSigma() > 0) {
            double sigma = settings.serviceSigma();
            factor *= Math.exp(sigma * random.nextGaussian() - sigma * sigma / 2);
        }
        if (settings.stragglers() > 0 && random.nextDouble() < settings.stragglers()) {
            factor *= WorldSettings.STRAGGLER_FACTOR;
        }
        return Math.max(1, Math.round(plannedMicros * factor));
    }

    /** Returns by what factor the profile is wrong about a stage: always the same for the same stage. */
    private double error(Batch batch, int position) {
        if (settings.profileError() == 0) {
            return 1;
        }
        long stage = (batch.model() * 1_000L + batch.pipeline()) * 100 + batch.firstStage() + position;
        double uniform = new SplittableRandom(errorSeed + stage).nextDouble();
        return 1 + settings.profileError() * (2 * uniform - 1);
    }

    /** Returns how long a transfer takes. */
    long transfer(Transfer reserved, long plannedMicros) {
        if (exact) {
            return plannedMicros;
        }
        double factor = 1;
        if (reserved.fromServer() < settings.slowLinks() || reserved.toServer() < settings.slowLinks()) {
            factor = settings.slowLinkFactor();
        }
        if (settings.networkTail() > 0 && random.nextDouble() < settings.networkTail()) {
            factor += Math.min(PARETO_MOST, Math.pow(1 - random.nextDouble(), -1 / PARETO_SHAPE));
        }
        return Math.max(1, Math.round(plannedMicros * factor));
    }
}
