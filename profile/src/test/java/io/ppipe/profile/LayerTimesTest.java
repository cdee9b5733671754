package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LayerTimesTest {
    @Test
    void takesTheMeanOfTheMiddleHalf() {
        assertThat(LayerTimes.typical(List.of(900L, 3L, 4L, 0L, 3L, 4L, 3L, 800L)))
                .isEqualTo(3.5);
    }

    @Test
    void takesNoTimeForALayerThatWasNotSeen() {
        assertThat(LayerTimes.typical(List.of())).isZero();
    }
}
