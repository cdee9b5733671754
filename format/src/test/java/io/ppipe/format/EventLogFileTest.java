package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Reservation;
import io.ppipe.schedule.Transfer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventLogFileTest {
    private static final int ROUNDS = 3000;
    private static final String HEADER = """
        {"format": "event-log", "version": 1, "plan_fingerprint": "p", "scenario_fingerprint": "s", \
        "models": ["resnet", "yolo"], "policy": "reservation", "settings": {"guard": 0.05}, "decisions_recorded": true}
        """;

    @TempDir
    Path folder;

    /** One call of a scheduler. */
    private record Call(long atMicros, Event event, List<Decision> decisions) {}

    private static EventLogHeader header(boolean decisionsRecorded) {
        var settings = new LinkedHashMap<String, Double>();
        settings.put("queue_bound", 65_536.0);
        settings.put("guard", 0.05);
        return new EventLogHeader(
                "5b1e", "99", List.of("resnet", "yolo \"2\""), "reservation", settings, decisionsRecorded);
    }

    private static List<Call> oneOfEach() {
        var early = new Request(1, 0, 100, 5_100);
        var late = new Request(Long.MAX_VALUE, 1, 0, Long.MAX_VALUE);
        var whole = new Batch(
                7,
                1,
                2,
                1,
                List.of(early, late),
                List.of(new Reservation(3, 100, 200), new Reservation(65_535, 250, 400)),
                List.of(new Transfer(0, 9, 200, 250)));
        var alone = new Batch(8, 0, 0, 0, List.of(early), List.of(new Reservation(0, 1, 2)), List.of());
        var rejections = new ArrayList<Decision>();
        for (Decision.Cause cause : Decision.Cause.values()) {
            rejections.add(new Decision.Reject(early, cause));
        }
        return List.of(
                new Call(100, new Event.Arrived(early), List.of()),
                new Call(
                        101,
                        new Event.Arrived(late),
                        List.of(new Decision.Dispatch(whole), new Decision.Dispatch(alone))),
                new Call(101, new Event.Tick(), rejections),
                new Call(102, new Event.Cancelled(1, 0), List.of()),
                new Call(103, new Event.VgpuLost(3), List.of(new Decision.Abort(alone), new Decision.Expire(late))),
                new Call(104, new Event.VgpuReturned(3), List.of()),
                new Call(200, new Event.StageFinished(7, 0, 100, 199), List.of()),
                new Call(250, new Event.TransferFinished(7, 0, 200, 250), List.of()),
                new Call(Long.MAX_VALUE, new Event.BatchEnded(7), List.of()));
    }

    private Path write(EventLogHeader header, List<Call> calls) {
        Path file = folder.resolve("run.jsonl");
        try (var writer = EventLogWriter.create(file, header)) {
            calls.forEach(call -> writer.write(call.atMicros(), call.event(), call.decisions()));
        }
        return file;
    }

    private static List<EventLogEntry> entries(Path file) {
        var entries = new ArrayList<EventLogEntry>();
        EventLogFile.read(file, _ -> entries::add);
        return entries;
    }

    private Path text(String text) {
        try {
            return Files.writeString(folder.resolve("log.jsonl"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theHeaderComesBackAsItWasWritten() {
        EventLogHeader header = header(true);

        EventLogHeader read = EventLogFile.read(write(header, List.of()), _ -> _ -> {});

        assertThat(read).isEqualTo(header);
        assertThat(read.settings().keySet()).containsExactly("queue_bound", "guard");
    }

    @Test
    void everyEventAndDecisionComesBackAsItWasWritten() {
        List<Call> calls = oneOfEach();
        assertHasEveryKind(Event.class, calls.stream().map(Call::event).toList());
        assertHasEveryKind(
                Decision.class,
                calls.stream().flatMap(call -> call.decisions().stream()).toList());

        List<EventLogEntry> entries = entries(write(header(true), calls));

        assertThat(entries).hasSameSizeAs(calls);
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            List<String> decisions =
                    call.decisions().stream().map(EventLogWriter::text).toList();
            assertThat(entries.get(i)).isEqualTo(new EventLogEntry(i + 2, call.atMicros(), call.event(), decisions));
        }
    }

    private static void assertHasEveryKind(Class<?> sealed, List<?> values) {
        assertThat(values.stream().map(value -> value.getClass().getName()).distinct())
                .containsExactlyInAnyOrder(Arrays.stream(sealed.getPermittedSubclasses())
                        .filter(kind -> kind != Event.PlanChanged.class) // has its own test
                        .map(Class::getName)
                        .toArray(String[]::new));
    }

    @Test
    void aRandomRunComesBackAsItWasWritten() {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        var calls = new ArrayList<Call>();
        long now = 0;
        for (int i = 0; i < 5000; i++) {
            now += random.nextLong(3);
            List<Call> kinds = oneOfEach();
            Call kind = kinds.get(random.nextInt(kinds.size()));
            Event event = random.nextBoolean()
                    ? kind.event()
                    : new Event.Arrived(new Request(i, random.nextInt(2), now, now + random.nextLong(1L << 40)));
            calls.add(new Call(now, event, random.nextInt(3) == 0 ? kind.decisions() : List.of()));
        }

        List<EventLogEntry> entries = entries(write(header(true), calls));

        assertThat(entries.stream().map(EventLogEntry::event).toList())
                .as("seed %d", seed)
                .isEqualTo(calls.stream().map(Call::event).toList());
        assertThat(entries.stream().mapToLong(EventLogEntry::atMicros))
                .as("seed %d", seed)
                .containsExactly(calls.stream().map(Call::atMicros).toArray(Long[]::new));
    }

    @Test
    void decisionsAreLeftOutWhenTheHeaderSaysSo() throws IOException {
        Path file = write(header(false), oneOfEach());

        assertThat(entries(file))
                .allSatisfy(entry -> assertThat(entry.decisions()).isEmpty());
        assertThat(Files.readString(file)).doesNotContain("\"decision\"");
    }

    @Test
    void aReplayEndsWhereThePlanChangesButArrivalsGoOn() {
        var scenario = new Scenario(new RandomRecords(1).cluster(), List.of(), "f");
        var change = new Event.PlanChanged(scenario, new RandomRecords(1).plan());
        var calls = new ArrayList<>(oneOfEach().subList(0, 1));
        calls.add(new Call(101, change, List.of()));
        calls.add(new Call(300, new Event.Arrived(new Request(2, 0, 290, 5_290)), List.of()));
        Path file = write(header(true), calls);

        assertThatThrownBy(() -> entries(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage(file + ":3: the plan changes here; a run can be replayed up to a change of its plan only");
        assertThat(EventLogFile.arrivals(file).arrivalMicros().getFirst()).containsExactly(100, 290);
    }

    @Test
    void linesAreInTheFileOnceTheyAreFlushed() {
        Path file = folder.resolve("run.jsonl");
        try (var writer = EventLogWriter.create(file, header(true))) {
            writer.write(5, new Event.Tick(), List.of());
            writer.flush();
            assertThat(entries(file)).hasSize(1);
        }
    }

    @Test
    void theArrivalsAreThoseOfEachModel() {
        RecordedArrivals arrivals = EventLogFile.arrivals(write(header(true), oneOfEach()));

        assertThat(arrivals.models()).containsExactly("resnet", "yolo \"2\"");
        assertThat(arrivals.arrivalMicros().get(0)).containsExactly(100);
        assertThat(arrivals.arrivalMicros().get(1)).containsExactly(0);
    }

    @Test
    void emptyLinesAndOtherLineEndsAreOfNoAccount() {
        String log = "\ufeff" + HEADER + "\n{\"event\": \"tick\", \"at_us\": 3}\n  \n{\"at_us\":4,\"event\":\"tick\"}";

        assertThat(entries(text(log.replace("\n", "\r\n"))))
                .containsExactly(
                        new EventLogEntry(3, 3, new Event.Tick(), List.of()),
                        new EventLogEntry(5, 4, new Event.Tick(), List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{\"at_us\": 1, \"event\": \"arived\"} ~ :2: key 'event' ('arived') must be one of: arrived,"
                        + " cancelled, stage_",
                "{\"at_us\": 1} ~ :2: key 'event' is missing in this line",
                "[1] ~ :2: this line must be an object with the key event, found a list",
                "{\"event\": \"tick\"} ~ :2: key 'at_us' is missing in the event 'tick'",
                "{\"at_us\": -1, \"event\": \"tick\"} ~ :2: key 'at_us' (-1) must be at least 0",
                "{\"at_us\": 1.5, \"event\": \"tick\"} ~ :2: key 'at_us' must be a whole number, found number '1.5'",
                "{\"at_us\": 1, \"event\": \"tick\", \"modle\": 1} ~ :2: key 'modle' is not known in the event 'tick'",
                "{\"at_us\": 1, \"event\": \"cancelled\", \"request\": 1, \"model\": 2} ~ :2: key 'model' (2) must be"
                        + " below 2",
                "{\"at_us\": 1, \"event\": \"arrived\", \"request\": 1, \"model\": 0, \"arrival_us\": 9,"
                        + " \"deadline_us\": 8} ~ :2: key 'deadline_us' (8) must be at least 'arrival_us' (9)",
                "{\"at_us\": 1, \"event\": \"stage_finished\", \"batch\": 1, \"stage\": 0, \"start_us\": 9,"
                        + " \"end_us\": 8} ~ :2: key 'end_us' (8) must be at least 'start_us' (9)",
                "{\"at_us\": 1, \"event\": \"batch_ended\", \"batch\": null} ~ :2: key 'batch' has no value",
                "{\"at_us\": 1, \"event\": \"plan_changed\"} ~ :2: key 'plan_fingerprint' is missing in the event"
                        + " 'plan_changed'",
                "{\"at_us\": 1, \"event\": \"tick\", \"event\": \"tick\"} ~ :2: key 'event' is there twice, first in"
                        + " line 2",
                "{\"at_us\": 1, \"event\": \"tick\"} {} ~ :2: the line goes on after its end; one line holds one"
                        + " object",
                "{\"at_us\": 1, \"event\": \"tick\"}} ~ :2: this is not valid JSON",
                "{\"at_us\": 1, \"event\": \"tick\", \"decisions\": [{\"decision\": \"reject\", \"request\": 1,"
                    + " \"cause\": \"x\"}]} ~ :2: key 'cause' ('x') must be one of: deadline_unreachable, queue_full,"
                    + " not_planned",
                "{\"at_us\": 1, \"event\": \"tick\", \"decisions\": [{\"decision\": \"wait\"}]} ~ :2: key 'decision'"
                        + " ('wait') must be one of: dispatch, reject",
                "{\"at_us\": 1, \"event\": \"tick\", \"decisions\": [{\"decision\": \"dispatch\", \"batch\": 1,"
                    + " \"model\": 0, \"pipeline\": 0, \"first_stage\": 0, \"requests\": [1], \"stages\": [[1, 2]],"
                    + " \"transfers\": []}]} ~ :2: a row of 'stages' has 2 numbers, it must have 3: vGPU, start, end",
            })
    void saysWhereALineIsWrongAndWhatIsAllowed(String line, String message) {
        Path file = text(HEADER + line + "\n");
        assertThatThrownBy(() -> entries(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + message)
                .message()
                .hasLineCount(1);
    }

    @Test
    void saysThatALogWasCutOff() {
        Path file = text(HEADER + "{\"at_us\": 1, \"event\": \"tick\"}\n{\"at_us\": 2, \"ev");
        assertThatThrownBy(() -> entries(file))
                .hasMessage(file + ":3: the log ends within this line: whoever wrote it was stopped; remove the line to"
                        + " read the rest");
    }

    @Test
    void refusesTimeThatGoesBack() {
        Path file = text(HEADER + "{\"at_us\": 7, \"event\": \"tick\"}\n{\"at_us\": 6, \"event\": \"tick\"}\n");
        assertThatThrownBy(() -> entries(file))
                .hasMessage(file + ":3: key 'at_us' (6) must be at least 7, the time of the event before;"
                        + " time does not go back");
    }

    @Test
    void refusesDecisionsThatTheHeaderDenies() {
        Path file = text(HEADER.replace("true", "false")
                + "{\"at_us\": 7, \"event\": \"tick\", \"decisions\": [{\"decision\": \"reject\", \"request\": 1,"
                + " \"cause\": \"queue_full\"}]}\n");
        assertThatThrownBy(() -> entries(file)).hasMessageContaining(":2: 'decisions' stand here, but the header says");
    }

    @Test
    void refusesAnotherFile() {
        assertThatThrownBy(() -> entries(text("")))
                .hasMessageContaining("log.jsonl: this file is empty; the first line of an event log is its header");
        assertThatThrownBy(() -> entries(text("{\"format\": \"plan\", \"version\": 1}")))
                .hasMessageContaining(
                        ":1: format is 'plan', expected 'event-log'; this is a plan file, maybe two files");
        assertThatThrownBy(() -> entries(text(HEADER.replace("\"version\": 1", "\"version\": 2"))))
                .hasMessageContaining(":1: version is 2, written by a newer ppipe");
        assertThatThrownBy(() -> entries(text(HEADER.replace("0.05", "\"x\""))))
                .hasMessageContaining(":1: setting 'guard' must be a number, found text 'x'");
        assertThatThrownBy(() -> entries(text(HEADER.replace("[\"resnet\", \"yolo\"]", "[]"))))
                .hasMessageContaining(":1: An event log needs at least one model.");
        assertThatThrownBy(() -> entries(folder)).hasMessageContaining("this is a directory");
        assertThatThrownBy(() -> entries(folder.resolve("none"))).hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> entries(text("x".repeat(Lines.MAX_LENGTH + 1))))
                .hasMessageContaining(":1: this line has more than 1048576 characters");
    }

    @Test
    void saysWhyALogCannotBeWritten() {
        assertThatThrownBy(() -> EventLogWriter.create(folder, header(true)).close())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("this is a directory");
        assertThatThrownBy(() -> EventLogWriter.create(folder.resolve("no/run.jsonl"), header(true))
                        .close())
                .hasMessageContaining("the folder does not exist");
    }

    @Test
    void brokenLogsAreRefusedInOneLine() throws IOException {
        long first = System.nanoTime();
        byte[] good = Files.readAllBytes(write(header(true), oneOfEach()));
        Path file = folder.resolve("broken.jsonl");
        int refused = 0;
        for (long seed = first; seed < first + ROUNDS; seed++) {
            Files.write(file, FuzzTest.mutated(good, new SplittableRandom(seed)));
            try {
                EventLogFile.arrivals(file);
            } catch (BadInputException e) {
                refused++;
                assertThat(e.getMessage())
                        .as("seed %d", seed)
                        .startsWith(file + ":")
                        .hasLineCount(1)
                        .hasSizeLessThan(1_300);
            }
        }
        assertThat(refused).as("most mutations matter, from seed %d", first).isGreaterThan(ROUNDS / 2);
    }

    @Test
    void knowsTheScenarioAndThePlanThatItIsOf() {
        Plan plan = new RandomRecords(1).plan();
        var scenario = new Scenario(new RandomRecords(1).cluster(), List.of(), "f");

        EventLogHeader header = EventLogHeader.of(scenario, plan, "reservation", Map.of("guard", 0.1), true);

        assertThat(header.models())
                .isEqualTo(plan.models().stream().map(ModelPlan::model).toList());
        var equal = new Scenario(new RandomRecords(1).cluster(), List.of(), "f");
        assertThat(header.scenarioFingerprint())
                .isEqualTo(Fingerprint.of(equal))
                .isNotEqualTo(Fingerprint.of(new Scenario(scenario.cluster(), List.of(), "g")));
        assertThat(header.planFingerprint())
                .isEqualTo(Fingerprint.of(new RandomRecords(1).plan()))
                .isNotEqualTo(Fingerprint.of(new RandomRecords(2).plan()));
    }

    @Test
    void refusesSettingsThatNoFileCanHold() {
        assertThatThrownBy(() -> new EventLogHeader("", "", List.of("m"), "p", Map.of("x", Double.NaN), false))
                .hasMessage("Setting x (NaN) must be finite.");
    }

    @Test
    void theFormatsPageShowsALogThatCanBeReadAndExplainsEveryKey() throws IOException {
        String page = Files.readString(Examples.page("formats.md"));
        var section = Pattern.compile("\n## event log\n(.*?)```json\n(.*?)```(.*?)(?=\n## |$)", Pattern.DOTALL)
                .matcher(page);
        assertThat(section.find()).isTrue();

        assertThat(entries(text(section.group(2)))).hasSizeGreaterThan(3);
        for (Shape shape : EventLogFile.shapes()) {
            assertThat(shape.keys())
                    .as(shape.name())
                    .allSatisfy(key -> assertThat(page).contains("`" + key + "`"));
        }
    }
}
