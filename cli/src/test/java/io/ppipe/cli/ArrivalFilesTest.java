package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.format.EventLogHeader;
import io.ppipe.format.EventLogWriter;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Request;
import io.ppipe.schedule.Event;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.TraceTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrivalFilesTest {
    @TempDir
    Path folder;

    private Path log() {
        Path file = folder.resolve("run.jsonl");
        var header = new EventLogHeader("p", "s", List.of("yolo", "resnet"), "reservation", Map.of(), false);
        try (var writer = EventLogWriter.create(file, header)) {
            writer.write(900, new Event.Arrived(new Request(0, 1, 900, 5_000)), List.of());
            writer.write(950, new Event.Arrived(new Request(1, 0, 940, 5_000)), List.of());
            writer.write(990, new Event.Tick(), List.of());
        }
        return file;
    }

    @Test
    void readsTheArrivalsOfALogInTheOrderOfThePlan() {
        Path log = log();

        ArrivalSpec spec = new ArrivalFiles(List.of("resnet", "yolo")).spec("--arrivals", "recorded:" + log);

        assertThat(spec)
                .isEqualTo(
                        new ArrivalSpec.Recorded(log.toString(), false, List.of(TraceTimes.of(0), TraceTimes.of(40))));
    }

    @Test
    void refusesALogOfOtherModels() {
        Path log = log();
        assertThatThrownBy(() -> new ArrivalFiles(List.of("yolo")).spec("--arrivals", "recorded:" + log))
                .isInstanceOf(BadInputException.class)
                .hasMessage(log + " has requests for model 'resnet', which the plan does not have (it has: yolo).");
        assertThatThrownBy(
                        () -> new ArrivalFiles(List.of("resnet", "yolo", "vit")).spec("--arrivals", "recorded:" + log))
                .isInstanceOf(BadInputException.class)
                .hasMessage(log + " has no model 'vit' of the plan (it has: yolo, resnet).");
    }

    @Test
    void readsAnAzureTrace() throws IOException {
        Path trace = Files.writeString(
                folder.resolve("t.txt"), "app,func,end_timestamp,duration\na,b,3.5,0.5\na,c,2.25,0.25\n");

        ArrivalSpec spec = new ArrivalFiles(List.of("resnet")).spec("--arrivals", "azure:" + trace);

        assertThat(spec).isEqualTo(new ArrivalSpec.Azure(trace.toString(), TraceTimes.of(0, 1_000_000)));
    }

    @Test
    void saysWhichOptionIsWrong() {
        var files = new ArrivalFiles(List.of("resnet"));
        assertThatThrownBy(() -> files.spec("--arrivals", "gama"))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("--arrivals: 'gama' is no kind of arrivals; maybe you meant 'gamma'");
        assertThatThrownBy(() -> files.spec("--arrivals", "azure:" + folder.resolve("none")))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith("none: there is no such file");
    }
}
