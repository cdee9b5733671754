package io.ppipe.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.load.FakeServer.Act;
import io.ppipe.model.Progress;
import java.net.URI;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Prints, for the record, how fast tiny requests go when generator and server share this machine. */
class HighestRateTest {
    private static final int RATE_MAX = 8_000;

    @Test
    void printsTheHighestRateAnsweredInTime() {
        try (var server = new FakeServer(n -> new Act.Answer(0))) {
            printHighest(server.rest());
            printHighest(server.grpc());
        }
    }

    private static void printHighest(URI target) {
        String highest = "none";
        // All of them, since the first ones run in code that is not compiled yet.
        for (int rate = 250; rate <= RATE_MAX; rate *= 2) {
            LoadReport report = run(target, rate);
            assertThat(report.summary().arrived()).isPositive();
            String line = "%d/s (send lag p99 %d us, latency p50 %d us, p99 %d us)"
                    .formatted(
                            rate,
                            report.sendLagMicros().p99(),
                            report.latencyMicros().p50(),
                            report.latencyMicros().p99());
            System.out.printf(
                    "%s: %s, attainment %.3f%n",
                    target.getScheme(), line, report.summary().sloAttainment());
            highest = report.summary().sloAttainment() < 0.99 ? highest : line;
        }
        System.out.printf("%s: highest rate answered in time: %s%n", target.getScheme(), highest);
    }

    private static LoadReport run(URI target, double rate) {
        return LoadGenerator.run(
                new LoadSettings(
                        target, "doubler", Arrivals.POISSON, rate, 0.5, 3, OptionalLong.of(100_000), false, 10_000),
                AnswerListener.NONE,
                Progress.NONE);
    }
}
