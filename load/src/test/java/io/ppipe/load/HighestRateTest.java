package io.ppipe.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.load.FakeServer.Act;
import io.ppipe.model.Progress;
import java.net.URI;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Prints, for the record, how fast tiny requests go when generator and server share this machine. */
class HighestRateTest {
    private static final long SEND_LAG_MICROS_MAX = 5_000;
    private static final int RATE_MAX = 64_000;

    @Test
    void printsTheHighestRateThatKeepsItsSchedule() {
        try (var server = new FakeServer(n -> new Act.Answer(0))) {
            printHighest(server.rest());
            printHighest(server.grpc());
        }
    }

    private static void printHighest(URI target) {
        run(target, 1000); // warms up
        for (int rate = 1000; rate <= RATE_MAX; rate *= 2) {
            LoadReport report = run(target, rate);
            System.out.printf(
                    "%s: %d/s, %d in time, send lag p50 %d us, p99 %d us, latency p50 %d us, p99 %d us%n",
                    target.getScheme(),
                    rate,
                    report.summary().inTime(),
                    report.sendLagMicros().p50(),
                    report.sendLagMicros().p99(),
                    report.latencyMicros().p50(),
                    report.latencyMicros().p99());
            assertThat(report.summary().arrived()).isPositive();
            if (report.sendLagMicros().p99() > SEND_LAG_MICROS_MAX
                    || report.summary().sloAttainment() < 0.99) {
                return;
            }
        }
    }

    private static LoadReport run(URI target, double rate) {
        return LoadGenerator.run(
                new LoadSettings(
                        target, "doubler", Arrivals.POISSON, rate, 1, 3, OptionalLong.of(100_000), false, 10_000),
                AnswerListener.NONE,
                Progress.NONE);
    }
}
