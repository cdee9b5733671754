package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code ppipe simulate} and {@code ppipe evaluate} write for browsers and trace viewers. */
class SimulationPageTest {
    @TempDir
    private static Path folder = Path.of(".");

    private static TwoModels two = new TwoModels(folder);

    @BeforeAll
    static void aPlannedWorkload() throws IOException {
        two = new TwoModels(folder);
        two.make();
        two.ok("plan");
        two.ok("plan", "--margin", "0", "-o", two.path("batches.json"));
        two.ok("plan", "--max-stages", "1", "--margin", "0", "-o", two.path("whole.json"));
    }

    private static String page(String... options) throws IOException {
        var all = new ArrayList<>(List.of("simulate", "--seconds", "3", "--report", two.path("page.html")));
        all.addAll(List.of(options));
        assertThat(two.ok(all.toArray(String[]::new))).contains("Page: " + two.path("page.html"));
        return two.read("page.html");
    }

    private static Document parsed(String page) throws IOException {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
        } catch (ParserConfigurationException | SAXException e) {
            throw new AssertionError("The page is not well-formed.", e);
        }
    }

    private static int charts(String page) throws IOException {
        return parsed(page).getElementsByTagName("figure").getLength();
    }

    @Test
    void thePageShowsTheWholeRun() throws IOException {
        String page =
                page(two.path("batches.json"), "--load", "1.3", "--arrivals", "gamma:cv2=2", "--stragglers", "0.05");

        assertThat(page)
                .contains(
                        "Key figures", "Least SLO attainment", "Where time goes", "deadline unreachable", "Batch sizes")
                .contains("Utilisation by GPU class", "Stages on vGPUs", "first", "second", "fast", "slow")
                .contains("ppipe simulate --seconds 3", "--arrivals gamma:cv2=2", "world.stragglers", "Simulated")
                .doesNotContain("Emulated GPUs");
        assertThat(charts(page)).isEqualTo(8);
    }

    @Test
    void theSameSeedGivesTheSamePage() throws IOException {
        String first = page("--seed", "3");

        assertThat(page("--seed", "3")).isEqualTo(first);
        assertThat(page("--seed", "4")).isNotEqualTo(first);
    }

    @Test
    void aRunWithoutMissesAndAWindowWithoutWorkArePagesToo() throws IOException {
        assertThat(page("--load", "0.01", "--window", "2999ms..3s"))
                .contains("None: every request was answered in time.", "Nothing ran from 2999 ms to 3000 ms.");
    }

    @Test
    void theTimelineFollowsAChangeOfPlan() throws IOException {
        String page = page("--change-plan", two.path("whole.json") + "@1.5s", "--window", "1.4s..1.6s");

        assertThat(page).contains("(plan 2)", "stage 1");
        assertThat(charts(page)).isGreaterThan(6);
    }

    @Test
    void everyChartOfThePageIsAFile() throws IOException {
        Path charts = folder.resolve("made/charts");
        String page = page("--charts", charts.toString(), "--load", "1.3");

        try (Stream<Path> files = Files.list(charts)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).toList();
            assertThat(names)
                    .hasSize(2 * charts(page))
                    .contains("stages-on-vgpus.svg", "stages-on-vgpus.png", "slo-attainment.svg");
        }
        assertThat(Files.size(charts.resolve("stages-on-vgpus.png"))).isPositive();
        parsed(Files.readString(charts.resolve("slo-attainment.svg")));
    }

    private static List<JsonNode> trace(String... options) throws IOException {
        var all = new ArrayList<>(List.of("simulate", "--seconds", "3", "--trace", two.path("trace.json")));
        all.addAll(List.of(options));
        assertThat(two.ok(all.toArray(String[]::new))).contains("Trace: " + two.path("trace.json"));
        var events = new ArrayList<JsonNode>();
        JsonMapper.shared().readTree(two.read("trace.json")).get("traceEvents").forEach(events::add);
        return events;
    }

    @Test
    void theTraceHasEveryStageOnItsVgpuAndEveryTransferOnItsLinks() throws IOException {
        List<JsonNode> events = trace("--load", "1.3");

        Map<Integer, String> threads = new HashMap<>();
        var processes = new HashSet<String>();
        long busyUntil = 0;
        int stages = 0;
        int rejections = 0;
        for (JsonNode event : events) {
            String name = event.get("name").asString();
            if (name.equals("thread_name")) {
                threads.put(
                        event.get("tid").asInt(), event.get("args").get("name").asString());
            } else if (name.equals("process_name")) {
                processes.add(event.get("args").get("name").asString());
            } else if (event.get("ph").asString().equals("X")) {
                String thread = threads.getOrDefault(event.get("tid").asInt(), "");
                JsonNode args = event.get("args");
                if (thread.startsWith("vGPU")) {
                    stages++;
                    assertThat(args.propertyNames())
                            .contains("model", "pipeline", "stage", "batch", "batch_size", "slack_us_min", "slacks_us");
                    assertThat(args.get("requests").asString().split(" "))
                            .hasSize(args.get("batch_size").asInt());
                    busyUntil = Math.max(
                            busyUntil,
                            event.get("ts").asLong() + event.get("dur").asLong());
                } else if (thread.startsWith("rejected")) {
                    rejections++;
                    assertThat(name).isEqualTo("deadline_unreachable");
                }
            }
        }
        assertThat(processes).contains("server 0, fast", "server 2, slow", "front end");
        assertThat(threads).containsValues("vGPU fast 0", "uplink", "downlink", "rejected: first");
        assertThat(stages).isGreaterThan(500);
        assertThat(rejections).isPositive();
        assertThat(busyUntil).isGreaterThan(2_900_000);
        assertThat(events.stream()
                        .filter(event ->
                                "uplink".equals(threads.get(event.get("tid").asInt())))
                        .filter(event -> event.get("ph").asString().equals("X")))
                .isNotEmpty()
                .allSatisfy(
                        event -> assertThat(event.get("args").propertyNames()).contains("from_server", "to_server"));
    }

    @Test
    void theTraceKeepsToItsWindow() throws IOException {
        assertThat(trace("--window", "1s..1.05s").stream()
                        .filter(event -> event.get("ph").asString().equals("X")))
                .isNotEmpty()
                .allSatisfy(event -> {
                    assertThat(event.get("ts").asLong()).isLessThan(1_050_000);
                    assertThat(event.get("ts").asLong() + event.get("dur").asLong())
                            .isGreaterThanOrEqualTo(1_000_000);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--window 1s..2s | --report, --charts and --trace",
                "--window 3s..4s --trace TRACE | --window begins at 3 s, and requests arrive for 3 s",
                "--report none/page.html | none/page.html",
                "--trace none/trace.json | none/trace.json",
                "--charts PLAN | cannot be made a folder"
            })
    void whatIsWrongIsSaidInOneLine(String options, String message) {
        String[] all = ("simulate --seconds 3 " + options)
                .replace("PLAN", two.path("plan.json"))
                .replace("TRACE", two.path("no-trace.json"))
                .split(" ");

        two.assertOneLine(two.run(all), message);
        assertThat(folder.resolve("no-trace.json")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1s | is not FROM..TO, such as 1s..1.2s",
                "1..2 | is no time",
                "2s..1s | must end (1000000 us) after it begins",
                "1s..1s | must end (1000000 us) after it begins"
            })
    void aMisspeltWindowIsWrongUsage(String window, String message) {
        MainTest.Ended ended = two.run("simulate", "--window", window);

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains(message);
    }

    @Test
    void anEvaluationIsAPageWithItsCurves() throws IOException {
        String[] command = {
            "evaluate",
            two.path("plan.json"),
            two.path("whole.json"),
            "--requests",
            "1500",
            "--tolerance",
            "0.05",
            "--seeds",
            "2",
            "--policy",
            "deferred,reservation",
            "--report",
            two.path("evaluation.html")
        };

        assertThat(two.ok(command)).contains("Page: " + two.path("evaluation.html"));

        String page = two.read("evaluation.html");
        assertThat(page)
                .contains("Highest load factor", "SLO attainment over load, whole.json", "target 99 %", "deferred")
                .contains("Utilisation by GPU class at the highest load", "world.stragglers", "ppipe evaluate");
        assertThat(charts(page)).isEqualTo(4);
    }
}
