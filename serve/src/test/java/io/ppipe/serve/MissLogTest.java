package io.ppipe.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MissLogTest {
    private final List<String> lines = new ArrayList<>();
    private final MissLog log = new MissLog(
            new System.Logger() {
                @Override
                public String getName() {
                    return "test";
                }

                @Override
                public boolean isLoggable(Level level) {
                    return true;
                }

                @Override
                public void log(Level level, @Nullable ResourceBundle bundle, String message, Throwable thrown) {
                    throw new AssertionError("not used");
                }

                @Override
                public synchronized void log(
                        Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... values) {
                    lines.add(new MessageFormat(format, Locale.ROOT).format(values));
                }
            },
            Runnable::run);

    private void miss(long second, Cause cause) {
        log.missed(second * 1_000_000, "r1", "m", cause, 12_345);
    }

    @Test
    void aLineHasIdModelOutcomeAndCause() {
        miss(0, Cause.LATE_COMPUTE);

        assertThat(lines)
                .containsExactly("event=missed request=r1 model=m outcome=late cause=late_compute after_us=12345");
    }

    @Test
    void ofEachCauseOnlyTheFirstInASecondAreLoggedAndThenHowManyWereNot() {
        for (int i = 0; i < MissLog.PER_SECOND + 7; i++) {
            miss(3, Cause.OVERLOADED);
            miss(3, Cause.DEADLINE_UNREACHABLE);
        }
        assertThat(lines).hasSize(2 * MissLog.PER_SECOND);

        log.tick(4_000_000);
        log.tick(4_900_000);
        miss(4, Cause.OVERLOADED);

        assertThat(lines.subList(2 * MissLog.PER_SECOND, lines.size()))
                .containsExactly(
                        "event=left_out cause=deadline_unreachable count=7",
                        "event=left_out cause=overloaded count=7",
                        "event=missed request=r1 model=m outcome=rejected cause=overloaded after_us=12345");
    }

    @Test
    void noMissIsForgottenWhenManyThreadsMissAtOnce() throws Exception {
        int threads = 4;
        int each = 2_000;
        var done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    miss(n / 500, Cause.EXPIRED);
                }
                done.countDown();
            });
        }
        done.await();
        log.tick(9_000_000);

        long logged =
                lines.stream().filter(line -> line.contains("event=missed")).count();
        long leftOut = lines.stream()
                .filter(line -> line.contains("event=left_out"))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf('=') + 1)))
                .sum();
        assertThat(logged + leftOut).isEqualTo((long) threads * each);
    }

    @Test
    void aClientsIdCantBeginALineOfItsOwn() {
        log.missed(0, "a\nevent=forged " + "x".repeat(100), "m", Cause.EXPIRED, 1);
        log.missed(0, "", "m", Cause.EXPIRED, 1);

        assertThat(lines.getFirst())
                .contains("request=a?event=forged?xxx")
                .contains("… model=m")
                .doesNotContain("\n");
        assertThat(lines.getLast()).contains("request=- ");
    }
}
