package io.ppipe.simulate;

import io.ppipe.model.Request;
import io.ppipe.model.Slo;
import io.ppipe.schedule.Scheduler;
import java.util.List;
import java.util.SplittableRandom;

/** Independent Poisson processes, one for each model, merged. Each model has its own random stream. */
public final class PoissonArrivals implements Arrivals {
    private final List<Source> sources;
    private final SplittableRandom[] randoms;
    private final double[] nextMicros;
    private final double endMicros;
    private long nextId;

    /**
     * One model's arrivals.
     *
     * @param ratePerSecond 0 = none
     */
    public record Source(double ratePerSecond, Slo slo) {}

    /**
     * @param sources one for each model of the plan, in its order
     * @param seconds arrivals stop after this time
     */
    public PoissonArrivals(List<Source> sources, double seconds, long seed) {
        this.sources = List.copyOf(sources);
        this.endMicros = seconds * 1e6;
        this.randoms = new SplittableRandom[sources.size()];
        this.nextMicros = new double[sources.size()];
        var seeds = new SplittableRandom(seed);
        for (int i = 0; i < randoms.length; i++) {
            randoms[i] = seeds.split();
            advance(i);
        }
    }

    private void advance(int model) {
        double rate = sources.get(model).ratePerSecond();
        nextMicros[model] =
                rate > 0 ? nextMicros[model] - Math.log(1 - randoms[model].nextDouble()) * 1e6 / rate : endMicros;
    }

    private int earliest() {
        int best = 0;
        for (int i = 1; i < nextMicros.length; i++) {
            if (nextMicros[i] < nextMicros[best]) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public long nextMicros() {
        double next = nextMicros[earliest()];
        return next < endMicros ? (long) next : Scheduler.NEVER;
    }

    @Override
    public Request next() {
        int model = earliest();
        long arrival = (long) nextMicros[model];
        advance(model);
        return new Request(nextId++, model, arrival, sources.get(model).slo().deadlineMicros(arrival));
    }
}
