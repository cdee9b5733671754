package io.ppipe.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TallyTest {
    private static final long SLO_MICROS = 10_000;

    private static final LoadSettings SETTINGS = new LoadSettings(
            URI.create("http://localhost:8080"), "m", Arrivals.POISSON, 10, 2, 42, OptionalLong.empty(), false, 1);

    private final Tally tally = new Tally(SLO_MICROS);

    @Test
    void latencyRunsFromWhenTheRequestWasDueNotFromWhenItWasSent() {
        end(0, 50_000, 60_000, answered()); // sent 50 ms late, answered 10 ms later

        LoadReport report = tally.report(SETTINGS);

        assertThat(report.latencyMicros().max()).isBetween(60_000L, 60_100L);
        assertThat(report.sendLagMicros().max()).isBetween(50_000L, 50_100L);
        assertThat(report.summary().late()).isEqualTo(1);
    }

    @Test
    void answerAtTheDeadlineIsInTimeAndOneNanosecondAfterItIsLate() {
        tally.sent(500, 500);
        tally.ended(500, 500 + SLO_MICROS * 1000, answered());
        tally.sent(500, 500);
        tally.ended(500, 501 + SLO_MICROS * 1000, answered());

        assertThat(tally.report(SETTINGS).summary().inTime()).isEqualTo(1);
        assertThat(tally.report(SETTINGS).summary().late()).isEqualTo(1);
    }

    @Test
    void whatHasNotEndedAtTheCloseIsNoAnswerOnceAndForAll() throws InterruptedException {
        tally.sent(0, 0);
        tally.sent(0, 0);
        tally.ended(0, 1000, answered());
        tally.close(20);
        tally.ended(0, 2000, answered()); // too late to be believed

        LoadReport report = tally.report(SETTINGS);
        assertThat(report.failures()).isEqualTo(Map.of("no_answer", 1L));
        assertThat(report.summary().arrived()).isEqualTo(2);
        assertThat(report.summary().inTime()).isEqualTo(1);
    }

    @Test
    void jsonHasEveryFigureWithItsUnit() {
        everyEnding();

        Map<String, Object> json = tally.report(SETTINGS).json();

        assertThat(json)
                .containsEntry("arrived", 8L)
                .containsEntry("sent", 7L)
                .containsEntry("in_time", 1L)
                .containsEntry("late", 1L)
                .containsEntry("rejected", 1L)
                .containsEntry("expired", 1L)
                .containsEntry("failed", 4L)
                .containsEntry("disconnected", 1L)
                .containsEntry("rejections", Map.of("draining", 1L))
                .containsEntry("failures", Map.of("http_404", 2L, "client_overload", 1L))
                .containsEntry("offered_rps", 4.0)
                .containsEntry("throughput_rps", 1.0)
                .containsEntry("goodput_rps", 0.5)
                .containsEntry("slo_attainment", 0.125);
        assertThat(json.get("latency_us")).asString().startsWith("{p50=").contains("p99_9=", "max=20");
        assertThat(json.get("send_lag_us")).asString().isEqualTo("{p50=0, p99=0, max=0}");
    }

    @Test
    void textGivesEveryCauseAndTheFirstMessageOfEach() {
        everyEnding();

        assertThat(tally.report(SETTINGS).text())
                .startsWith("load       http://localhost:8080 m, poisson 10/s for 2 s, seed 42\n")
                .contains("due 8   sent 7   in time 1   late 1   rejected 1   expired 1   failed 4")
                .contains("BELOW 0.99")
                .contains("1  draining\n", "1  disconnected\n", "2  http_404: model x is unknown\n")
                .doesNotContain("WARNING", "another message");
    }

    @Test
    void textWarnsWhenRequestsWereSentTooLate() {
        end(0, 6_000, 7_000, answered());

        assertThat(tally.report(SETTINGS).text()).contains("WARNING").doesNotContain("BELOW");
    }

    @Test
    void reportOfNothingAnsweredHasNoLatencies() {
        LoadReport report = tally.report(SETTINGS);

        assertThat(report.text()).contains("latency ms      none");
        assertThat(report.json()).containsEntry("latency_us", Map.of());
    }

    private void everyEnding() {
        end(0, 0, 1_000, answered());
        end(0, 0, 20_000, answered());
        end(0, 0, 1_000, new Reply.Rejected("draining"));
        end(0, 0, 1_000, new Reply.Expired());
        end(0, 0, 1_000, new Reply.Disconnected());
        end(0, 0, 1_000, new Reply.Failed("http_404", "model x is unknown"));
        end(0, 0, 1_000, new Reply.Failed("http_404", "another message"));
        tally.overloaded();
    }

    private void end(long dueMicros, long sentMicros, long endMicros, Reply reply) {
        tally.sent(dueMicros * 1000, sentMicros * 1000);
        tally.ended(dueMicros * 1000, endMicros * 1000, reply);
    }

    private static Reply answered() {
        return new Reply.Answered(Map.of());
    }
}
