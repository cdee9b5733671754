package io.ppipe.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KEYS = List.of("name", "count", "gpus_per_server", "memory_gib", "nic_gbps");

    @Test
    void findsTheKeyBehindATypingError() {
        assertThat(Nearest.to("nic_gpbs", KEYS)).contains("nic_gbps");
        assertThat(Nearest.to("nam", KEYS)).contains("name");
        assertThat(Nearest.to("gpusPerServer", KEYS)).contains("gpus_per_server");
        assertThat(Nearest.to("GPUS-PER-SERVER", KEYS)).contains("gpus_per_server");
        assertThat(Nearest.to("memory", KEYS)).contains("memory_gib");
    }

    @Test
    void guessesNothingWhenNothingIsNear() {
        assertThat(Nearest.to("size", KEYS)).isEmpty();
        assertThat(Nearest.to("colour", KEYS)).isEmpty();
        assertThat(Nearest.to("", KEYS)).isEmpty();
        assertThat(Nearest.to("x".repeat(1_000_000), KEYS)).isEmpty();
    }

    @Test
    void countsASwapOfNeighboursOnce() {
        assertThat(Nearest.edits("gpbs", "gbps")).isEqualTo(1);
        assertThat(Nearest.edits("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.edits("", "abc")).isEqualTo(3);
    }
}
