package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AzureTraceFileTest {
    private static final String COLUMNS = "app,func,end_timestamp,duration\n";

    @TempDir
    Path folder;

    private Path text(String text) {
        try {
            return Files.writeString(folder.resolve("trace.txt"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void startsAreEndsLessDurations() {
        Path file = text(COLUMNS + """
            7b2c43,e3b0c4,0.07994818687438965,0.078
            7b2c43,aa,100.5, 0.25

            9f,e3b0c4,3,3.000001
            9f,e3b0c4,12e1,1.5E-3
            """);

        assertThat(AzureTraceFile.startMicros(file)).containsExactly(1_948, 100_250_000, -1, 119_998_500);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "a,b,1 ~ :2: this row has 3 cells, the first line names 4 columns (app,func,end_timestamp,duration)",
                "a,b,1,2,3 ~ :2: this row has 5 cells",
                "a,b,x,2 ~ :2: column 'end_timestamp' must be a number, found text 'x'",
                "a,b,1, ~ :2: column 'duration' must be a number, found text ''",
                "a,b,1,NaN ~ :2: column 'duration' must be a number, found text 'NaN'",
                "a,b,1,-2 ~ :2: column 'duration' (-2 s) must be from 0 to 10000000000 s",
                "a,b,1e11,2 ~ :2: column 'end_timestamp' (1e11 s) must be from -10000000000 to 10000000000 s",
                "a,b,1..5,2 ~ :2: column 'end_timestamp' must be a finite number in plain decimal digits, found number"
                        + " '1..5'",
                "a,b,0x1p3,2 ~ :2: column 'end_timestamp' must be a finite number in plain decimal digits",
            })
    void saysWhichCellIsWrong(String row, String message) {
        Path file = text(COLUMNS + row);
        assertThatThrownBy(() -> AzureTraceFile.startMicros(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + message)
                .message()
                .hasLineCount(1);
    }

    @Test
    void refusesOtherFiles() throws IOException {
        assertThatThrownBy(() -> AzureTraceFile.startMicros(text(""))).hasMessageContaining("this file is empty");
        assertThatThrownBy(() -> AzureTraceFile.startMicros(text(COLUMNS)))
                .hasMessageContaining(":1: no invocation stands below the column names");
        assertThatThrownBy(() -> AzureTraceFile.startMicros(text("app,func,start\n1,2,3\n")))
                .hasMessageContaining(
                        ":1: the first line must be 'app,func,end_timestamp,duration', found 'app,func,start'");
        Path latin = Files.write(
                folder.resolve("latin.txt"),
                (COLUMNS + "a,b,1,1\n".repeat(5_000) + "é,b,1,1\n").getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> AzureTraceFile.startMicros(latin))
                .hasMessageContaining(":5002: this is not UTF-8 text");
    }

    @Test
    void brokenTracesAreRefusedInOneLine() throws IOException {
        long first = System.nanoTime();
        byte[] good = (COLUMNS + "ab,cd,1.5,0.5\nab,ef,17.25,3\n").getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("broken.txt");
        int refused = 0;
        for (long seed = first; seed < first + 1000; seed++) {
            Files.write(file, FuzzTest.mutated(good, new SplittableRandom(seed)));
            try {
                AzureTraceFile.startMicros(file);
            } catch (BadInputException e) {
                refused++;
                assertThat(e.getMessage())
                        .as("seed %d", seed)
                        .startsWith(file + ":")
                        .hasLineCount(1);
            }
        }
        assertThat(refused).isGreaterThan(300);
    }
}
