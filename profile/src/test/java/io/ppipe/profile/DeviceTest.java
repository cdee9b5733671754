package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeviceTest {
    @Test
    void namesTheCpu() {
        assertThat(Device.cpu()).isNotBlank().doesNotContain("\n", "model name");
    }
}
