package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ppipe simulate}: what it takes, and what it says of a run. */
class SimulateTest {
    @TempDir
    private static Path folder = Path.of(".");

    private static TwoModels two = new TwoModels(folder);

    @BeforeAll
    static void aPlannedWorkload() throws IOException {
        two = new TwoModels(folder);
        two.make();
        two.ok("plan");
        two.ok("plan", "--max-stages", "1", "-o", two.path("whole.json"));
        two.write("calls.csv", "app,func,end_timestamp,duration\na,b,3.5,0.5\na,c,2.25,0.25\na,c,2.5,0.25\n");
    }

    private static JsonNode report(String... arguments) throws IOException {
        var all = new java.util.ArrayList<>(List.of("simulate", "--seconds", "3", "--json", two.path("run.json")));
        all.addAll(List.of(arguments));
        two.ok(all.toArray(String[]::new));
        return JsonMapper.shared().readTree(two.read("run.json"));
    }

    @Test
    void saysWhereTimeGoesAndWhyRequestsMiss() {
        String out = two.ok("simulate", "--load", "1.3", "--seconds", "5");

        assertThat(out)
                .contains("Simulated 5 s of arrivals by poisson at 130.0 %", "policy deferred, seed 1")
                .contains("planned/s", "p99 ms", "batch wait", "transfer", "compute")
                .contains("deadline unreachable: rejected", "Utilisation of slow: ", "World: exact.");
        assertThat(two.ok("simulate", "--load", "0.1", "--seconds", "1")).contains("Missed: nothing");
    }

    @Test
    void theReportHoldsEverythingThatWasCounted() throws IOException {
        JsonNode report = report("--service-noise", "0.05", "--load", "1.2");

        assertThat(report.get("kind").asString()).isEqualTo("simulation");
        assertThat(report.get("policy").asString()).isEqualTo("deferred");
        assertThat(report.get("arrivals").asString()).isEqualTo("poisson");
        assertThat(report.get("seed").asLong()).isEqualTo(1);
        assertThat(report.get("world").get("service_noise").asDouble()).isEqualTo(0.05);
        assertThat(report.get("events").asLong()).isPositive();
        JsonNode model = report.get("models").get(0);
        long batches = 0;
        for (JsonNode count : model.get("batch_sizes")) {
            batches += count.asLong();
        }
        assertThat(batches).isPositive();
        long answered = model.get("in_time").asLong() + model.get("late").asLong();
        for (String phase : List.of("total", "batch_wait", "queue", "transfer", "compute")) {
            JsonNode times = model.get("phases").get(phase);
            assertThat(times.propertyNames())
                    .as(phase)
                    .containsExactly("count", "mean_us", "p50_us", "p90_us", "p99_us", "p999_us", "max_us");
            assertThat(times.get("count").asLong()).isEqualTo(answered);
        }
        long missed = 0;
        for (JsonNode count : model.get("misses")) {
            missed += count.asLong();
        }
        assertThat(missed)
                .isPositive()
                .isEqualTo(model.get("arrived").asLong() - model.get("in_time").asLong());
        assertThat(report.get("utilisation").get("slow").asDouble()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--arrivals gamma:cv2=4 --policy reservation --guard 0.1",
                "--arrivals mmpp:cv2=4,period=2 --policy published",
                "--arrivals diurnal --policy reactive --lose vgpu:0@1s..2s",
                "--arrivals cameras:fps=10 --without pacing --without waiting,skipping",
                "--arrivals azure:CALLS --service-noise 0.1 --network-tail 0.1 --stragglers 0.1 --profile-error 0.2",
                "--slow-links 2 --slow-link-factor 8 --lose server:0@500ms --change-plan WHOLE@1.5s"
            })
    void theSameSeedAndInputsGiveTheSameBytes(String options) throws IOException {
        String[] given = ("simulate --seconds 3 --json RUN " + options)
                .replace("CALLS", two.path("calls.csv"))
                .replace("WHOLE", two.path("whole.json"))
                .replace("RUN", two.path("same.json"))
                .strip()
                .split(" ");

        String out = two.ok(given);
        String first = two.read("same.json");

        assertThat(two.ok(given)).isEqualTo(out);
        assertThat(two.read("same.json")).isEqualTo(first);
        given[2] = "3.5";
        two.ok(given);
        assertThat(two.read("same.json")).isNotEqualTo(first);
    }

    @Test
    void anotherSeedGivesAnotherRun() throws IOException {
        assertThat(report("--seed", "2").get("models")).isNotEqualTo(report().get("models"));
    }

    @Test
    void policiesAndPartsMatter() throws IOException {
        JsonNode deferred = report("--load", "1").get("models");
        assertThat(report("--load", "1", "--policy", "reservation").get("models"))
                .isNotEqualTo(deferred);
        JsonNode without = report("--load", "1", "--without", "pacing");
        assertThat(without.get("models")).isNotEqualTo(deferred);
        assertThat(without.get("without").get(0).asString()).isEqualTo("pacing");
    }

    @Test
    void whatIsLostIsMissed() {
        String out = two.ok("simulate", "--seconds", "3", "--lose", "server:0@1s..2s", "--lose", "server:1@1s..2s");

        assertThat(out).contains("World: lost server:0@1s..2s, lost server:1@1s..2s.");
        assertThat(out).contains("rejected");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--arrivals gama | maybe you meant 'gamma'",
                "--arrivals azure:none.csv | none.csv",
                "--arrivals cameras:fps=0 | fps",
                "--arrivals cameras:fps=0.001,jitter=0 --load 100 | cameras",
                "--arrivals poisson,gamma | `ppipe evaluate` compares several",
                "--policy deferred,reservation | `ppipe evaluate` compares several",
                "--policy reservation --without pacing | only the deferred policy has parts",
                "--guard 1 | --guard (1.0) must be in [0, 1)",
                "--load 0 | --load (0.0)",
                "--service-noise 3 | Service noise (3.0) must be in [0, 1]",
                "--slow-links 99 | the cluster has 6 servers",
                "--slow-link-factor 3 | --slow-links",
                "--lose vgpu:99@1s | numbered from 0 to",
                "--lose server:6@1s | the cluster has 6 servers, numbered from 0 to 5",
                "--change-plan none.json@1s | none.json",
                "--lose vgpu:0@1s..3s --change-plan PLAN@2s | Maybe lose its server",
                "--policy reactive --change-plan PLAN@2s | reactive policy can't change its plan"
            })
    void whatIsWrongIsSaidInOneLine(String options, String message) {
        two.assertOneLine(
                two.run(("simulate " + options)
                        .replace("PLAN", two.path("plan.json"))
                        .split(" ")),
                message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--policy fifo | is not one of [reservation, published, reactive, deferred]",
                "--without wating | maybe 'waiting'",
                "--lose vgpu3@1s | (vgpu|server):INDEX@TIME[..TIME]",
                "--lose vgpu:3@1 | TIME is a number with us, ms or s",
                "--lose vgpu:3@2s..1s | comes back before it is lost",
                "--change-plan plan.json | FILE@TIME",
                "--seed one | 'one' is not a long"
            })
    void whatIsMisspeltIsWrongUsage(String options, String message) {
        MainTest.Ended ended = two.run(("simulate " + options).split(" "));

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains(message);
    }
}
