package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demo from end to end, shortened; what it promises about its report. */
class DemoIT {
    @TempDir
    private Path folder = Path.of(".");

    @Test
    void servesBothSystemsAndTheAnswersAreTheWholeModels() throws Exception {
        Path json = folder.resolve("report.json");

        MainTest.Ended ended =
                MainTest.run("demo", "--exit", "--seconds", "3", "-d", folder.toString(), "--json", json.toString());

        JsonNode report = JsonMapper.shared().readTree(Files.readString(json));
        assertThat(report.get("output_matches_whole_model").asBoolean()).isTrue();
        assertThat(report.get("max_relative_difference").asDouble()).isZero(); // without optimisations: the same bits
        assertThat(report.get("answers_compared").asLong()).isPositive();
        assertThat(report.get("emulated").asBoolean()).isTrue();
        JsonNode systems = report.get("systems");
        assertThat(systems.get(0).get("name").asString()).isEqualTo("np");
        assertThat(systems.get(1).get("name").asString()).isEqualTo("ppipe");
        for (JsonNode system : systems) {
            assertThat(system.get("planned_rps").asDouble()).isPositive();
            assertThat(system.get("throughput_rps").asDouble()).isPositive();
            assertThat(system.get("slo_attainment").asDouble()).isBetween(0.0, 1.0);
            assertThat(system.get("utilisation").get("fast").asDouble()).isBetween(0.0, 1.0);
            assertThat(system.get("in_time").asLong()
                            + system.get("late").asLong()
                            + system.get("rejected").asLong()
                            + system.get("expired").asLong()
                            + system.get("failed").asLong())
                    .isEqualTo(system.get("arrived").asLong());
            assertThat(system.get("failed").asLong()).isZero();
        }
        assertThat(systems.get(1).get("planned_rps").asDouble())
                .isGreaterThanOrEqualTo(systems.get(0).get("planned_rps").asDouble());
        assertThat(ended.out()).contains("np (no partitioning)", "(emulated)", "time_scale", "Where to look next");
        // A busy machine makes the run invalid, and the command fails then; nothing else may make it fail.
        assertThat(ended.code()).isEqualTo(report.get("valid").asBoolean() ? 0 : 1);
    }
}
