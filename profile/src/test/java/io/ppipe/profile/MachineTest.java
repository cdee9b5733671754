package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.execute.Device;
import org.junit.jupiter.api.Test;

class MachineTest {
    @Test
    void namesTheCpu() {
        assertThat(Machine.name(Device.CPU)).isNotBlank().doesNotContain("\n", "model name");
    }

    @Test
    void saysUnderWhichConditionsItIsMeasured() {
        assertThat(Machine.conditions(Device.CPU))
                .contains(System.getProperty("os.name"))
                .doesNotContain("\n");
    }
}
