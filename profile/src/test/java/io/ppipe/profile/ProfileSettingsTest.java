package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileSettingsTest {
    @Test
    void runsAsOftenAsTimeAllowsButNeverFewerThanThreeTimes() {
        ProfileSettings settings = settings(List.of(1));

        assertThat(settings.runsWithin(1_000, 100)).isEqualTo(10);
        assertThat(settings.runsWithin(1_000, 1)).isEqualTo(20);
        assertThat(settings.runsWithin(1_000, 10_000)).isEqualTo(3);
        assertThat(settings.runsWithin(1_000, 0)).isEqualTo(20);
    }

    @Test
    void refusesBatchSizesThatDoNotAscendFromOne() {
        for (List<Integer> wrong : List.of(List.<Integer>of(), List.of(0, 1), List.of(2, 4), List.of(1, 4, 4))) {
            assertThatThrownBy(() -> settings(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Batch sizes " + wrong);
        }
    }

    @Test
    void refusesAPrecisionThatNothingReaches() {
        for (double wrong : new double[] {0, 1, -0.1, Double.NaN}) {
            assertThatThrownBy(() -> new ProfileSettings(
                            1,
                            List.of(1),
                            1,
                            3,
                            Duration.ZERO,
                            new SessionSettings(1, Optimisation.NONE),
                            wrong,
                            false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Precision (" + wrong + ") must be in (0, 1)");
        }
    }

    private static ProfileSettings settings(List<Integer> batchSizes) {
        return new ProfileSettings(
                10, batchSizes, 1, 20, Duration.ofSeconds(1), new SessionSettings(1, Optimisation.NONE), 0.02, false);
    }
}
