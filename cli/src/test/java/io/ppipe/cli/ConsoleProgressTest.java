package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void workOfUnknownLengthIsOneLineThatIsRewritten() {
        try (var progress = new ConsoleProgress(out, true)) {
            progress.report("bounding", 0, 0);
            progress.report("planning: best 1", 0, 0);
            progress.report("planning: best 2, " + "and so on, ".repeat(20), 0, 0);
        }

        assertThat(text())
                .doesNotContain("\n")
                .contains("planning: best 1  0 s")
                .endsWith("\r\033[K\r");
        assertThat(text().split("\r"))
                .allSatisfy(line -> assertThat(line.replace("\033[K", "")).hasSizeLessThan(80));
    }

    @Test
    void awayFromATerminalTextsThatFollowEachOtherQuicklyPrintNothing() {
        try (var progress = new ConsoleProgress(out, false)) {
            for (int i = 0; i < 100; i++) {
                progress.report("planning: best " + i, 0, 0);
            }
        }

        assertThat(text()).isEmpty();
    }

    @Test
    void awayFromATerminalEachPieceOfWorkWithStepsIsALine() {
        try (var progress = new ConsoleProgress(out, false)) {
            progress.report("profiling", 1, 9);
            progress.report("profiling", 2, 9);
            progress.report("loading", 0, 3);
        }

        assertThat(text().lines()).containsExactly("  profiling: 1 of 9", "  loading: 0 of 3");
    }
}
