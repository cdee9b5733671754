package io.ppipe.bench;

import io.ppipe.model.Request;
import io.ppipe.model.Slo;
import io.ppipe.simulate.ArrivalSource;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.Arrivals;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One simulated request: drawn, merged with those of the other models, and made. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls start before it measures
public class ArrivalsBenchmark {
    @Param({"poisson", "gamma:cv2=4", "mmpp", "diurnal", "cameras"})
    String arrivals;

    @Param({"3", "100"})
    int models;

    private Arrivals stream;

    @Setup
    public void start() {
        var sources = new ArrayList<ArrivalSource>();
        for (int i = 0; i < models; i++) {
            sources.add(new ArrivalSource(1000 + i, new Slo(50_000, Slo.DEFAULT_TARGET)));
        }
        stream = ArrivalSpec.parse(arrivals).arrivals(sources, 1e6, 1); // longer than it is measured
    }

    /** Takes one request. */
    @Benchmark
    public Request next() {
        return stream.next();
    }
}
