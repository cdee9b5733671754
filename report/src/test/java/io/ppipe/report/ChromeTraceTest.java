package io.ppipe.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChromeTraceTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("trace.json");
    }

    @Test
    void tellsWhatRanWhereAndWhen() {
        try (var trace = ChromeTrace.open(file)) {
            trace.track("server-1", "vGPU 0").span("resnet50 ×8", 1_000, 3_500, Map.of("batch", 812));
            trace.track("server-2", "link").span("\"transfer\"", 0, 10, Map.of());
            trace.track("server-1", "vGPU 1").span("late", 5, 5, Map.of("load", 0.5));
            trace.finish();
        }

        List<JsonNode> spans = events("X");
        assertThat(spans).hasSize(3);
        JsonNode first = spans.getFirst();
        assertThat(first.get("name").asString()).isEqualTo("resnet50 ×8");
        assertThat(first.get("ts").asLong()).isEqualTo(1_000);
        assertThat(first.get("dur").asLong()).isEqualTo(2_500);
        assertThat(first.get("args").get("batch").asInt()).isEqualTo(812);
        assertThat(spans).extracting(span -> span.get("pid").asInt()).containsExactly(1, 2, 1);
        assertThat(events("M"))
                .extracting(m -> m.get("name").asString() + " "
                        + m.get("args")
                                .properties()
                                .iterator()
                                .next()
                                .getValue()
                                .asString())
                .containsExactly(
                        "process_name server-1",
                        "process_sort_index 1",
                        "thread_name vGPU 0",
                        "thread_sort_index 1",
                        "process_name server-2",
                        "process_sort_index 2",
                        "thread_name link",
                        "thread_sort_index 2",
                        "thread_name vGPU 1",
                        "thread_sort_index 3");
    }

    @Test
    void spansWithinASpanStayOnItsRow() {
        try (var trace = ChromeTrace.open(file)) {
            ChromeTrace.Track track = trace.track("m", "request");
            track.span("request", 0, 100, Map.of());
            track.span("wait", 0, 40, Map.of());
            track.span("run", 40, 100, Map.of());
            track.span("kernel", 50, 60, Map.of());
            track.span("next request", 100, 120, Map.of());
            trace.finish();
        }

        assertThat(events("X")).extracting(span -> span.get("tid").asInt()).containsOnly(1);
    }

    @Test
    void spansThatOverlapGetAFurtherRow() {
        try (var trace = ChromeTrace.open(file)) {
            ChromeTrace.Track track = trace.track("s", "link");
            track.span("a", 0, 10, Map.of());
            track.span("b", 5, 15, Map.of());
            track.span("c", 10, 20, Map.of());
            track.span("before", 1, 2, Map.of());
            trace.finish();
        }

        assertThat(events("X")).extracting(span -> span.get("tid").asInt()).containsExactly(1, 2, 1, 3);
    }

    /** Random spans in nearly the order of their start; the seed is printed with a failure. */
    @Test
    void spansOfARowAreAlwaysNestedOrApart() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        try (var trace = ChromeTrace.open(file)) {
            for (int i = 0; i < 3_000; i++) {
                long start = i * 3L + random.nextInt(20);
                trace.track("s", "t" + random.nextInt(3)).span("x", start, start + random.nextInt(60), Map.of());
            }
            trace.finish();
        }

        var rows = new TreeMap<Integer, List<JsonNode>>();
        events("X")
                .forEach(span -> rows.computeIfAbsent(span.get("tid").asInt(), _ -> new ArrayList<>())
                        .add(span));
        rows.values().forEach(row -> assertNestedOrApart(row, seed));
    }

    private static void assertNestedOrApart(List<JsonNode> row, long seed) {
        var open = new ArrayDeque<Long>();
        row.sort(Comparator.comparingLong((JsonNode span) -> span.get("ts").asLong())
                .thenComparingLong(span -> -span.get("dur").asLong()));
        for (JsonNode span : row) {
            long start = span.get("ts").asLong();
            long end = start + span.get("dur").asLong();
            while (!open.isEmpty() && open.peek() <= start) {
                open.pop();
            }
            assertThat(open.isEmpty() || end <= open.peek())
                    .as("seed %d: %s", seed, span)
                    .isTrue();
            open.push(end);
        }
    }

    @Test
    void eventsGoToTheFileAsTheyCome() throws IOException {
        try (var trace = ChromeTrace.open(file)) {
            ChromeTrace.Track track = trace.track("s", "t");
            for (int i = 0; i < 200_000; i++) {
                track.span("batch", i, i + 1L, Map.of("batch", i));
            }

            assertThat(writtenBytes()).isGreaterThan(10_000_000); // of some 16 MB; the rest is in buffers
            trace.finish();
        }
        assertThat(events("X")).hasSize(200_000);
    }

    private long writtenBytes() throws IOException {
        try (var files = Files.list(folder)) {
            return Files.size(files.findFirst().orElseThrow());
        }
    }

    @Test
    void leavesNothingBehindUnlessFinished() throws IOException {
        Files.writeString(file, "old");

        try (var trace = ChromeTrace.open(file)) {
            trace.track("s", "t").span("x", 0, 1, Map.of());
        }

        assertThat(Files.readString(file)).isEqualTo("old");
        assertThat(folder.toFile().list()).containsExactly("trace.json");
    }

    @Test
    void emptyTraceIsValid() {
        try (var trace = ChromeTrace.open(file)) {
            trace.finish();
        }

        assertThat(events("X")).isEmpty();
    }

    @Test
    void refusesWrongSpansAndPlaces() {
        assertThatThrownBy(() -> ChromeTrace.open(folder.resolve("none/trace.json")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("the folder does not exist");
        try (var trace = ChromeTrace.open(file)) {
            ChromeTrace.Track track = trace.track("s", "t");
            assertThatThrownBy(() -> track.span("x", 2, 1, Map.of())).hasMessageContaining("must not end (1 us)");
        }
    }

    private List<JsonNode> events(String phase) {
        JsonNode root = JsonMapper.shared().readTree(file);
        var found = new ArrayList<JsonNode>();
        root.get("traceEvents").forEach(event -> {
            if (event.get("ph").asString().equals(phase)) {
                found.add(event);
            }
        });
        return found;
    }
}
