package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What to write of a simulated run besides its figures: a page, charts, a trace. */
final class RunOptions {
    @Mixin
    private final PageOptions page = new PageOptions();

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Also write every stage, transfer and rejection here, for https://ui.perfetto.dev or"
                    + " chrome://tracing: of the window, else of the whole run.")
    private @Nullable Path trace;

    @Option(
            names = "--window",
            paramLabel = TimeWindow.GRAMMAR,
            converter = TimeWindow.Converter.class,
            description =
                    "What part of the run the timeline of --report and --charts and the trace show, such as 1s..1.2s;"
                            + " the timeline's default is two SLOs long, around the first fault, else in the middle.")
    private @Nullable TimeWindow window;

    /** Refuses what is wrong whatever the files say. */
    void check(double seconds) {
        if (window != null) {
            if (!page.given() && trace == null) {
                throw new BadInputException("--window is what --report, --charts and --trace show; give one of them.");
            }
            window.requireWithin(seconds);
        }
    }

    PageOptions page() {
        return page;
    }

    Optional<Path> trace() {
        return Optional.ofNullable(trace);
    }

    Optional<TimeWindow> window() {
        return Optional.ofNullable(window);
    }
}
