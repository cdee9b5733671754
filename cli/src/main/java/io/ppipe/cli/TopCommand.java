package io.ppipe.cli;

import io.ppipe.format.JsonLine;
import io.ppipe.model.BadInputException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe top}: what a running server does, as it does it. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        header = "Watch a running server: its models, pools and misses, every second.",
        description = {
            "Figures are of the time between two readings of the server's /metrics; percentiles come from histograms,"
                    + " so",
            "they are as exact as those have buckets. Ctrl-C ends it."
        })
final class TopCommand implements Callable<Integer> {
    private static final String HOME = "\033[H";
    private static final String CLEAR_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8000",
            description = "The server (default: ${DEFAULT-VALUE}).")
    private String url = "";

    @Option(names = "--once", description = "Show one interval, then end.")
    private boolean once;

    @Option(names = "--json", description = "One line of JSON for each interval instead of tables.")
    private boolean json;

    @Option(
            names = "--interval",
            paramLabel = "S",
            defaultValue = "1",
            description = "Seconds between two readings (default: ${DEFAULT-VALUE}).")
    private double seconds = 1;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (!(seconds >= 0.1 && seconds <= 3600)) {
            throw new BadInputException("--interval (%s) must be between 0.1 and 3600 seconds.".formatted(seconds));
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        boolean rewriting = !once && !json && ConsoleProgress.onTerminal();
        try (var server = new ServerMetrics(url)) {
            Scrape before = server.read();
            do {
                TimeUnit.MICROSECONDS.sleep(Math.round(seconds * 1e6));
                Scrape now = server.read();
                show(out, server.target(), ServerView.of(new ScrapeChange(before, now)), rewriting);
                before = now;
            } while (!once);
        }
        return Main.OK;
    }

    /** On a terminal each view is written over the one before. */
    private void show(PrintWriter out, String target, ServerView view, boolean rewriting) {
        if (json) {
            out.println(JsonLine.of(ServerViewJson.of(view)));
        } else if (rewriting) {
            String text = ServerViewText.of(target, view);
            out.print(HOME + text.replace(System.lineSeparator(), CLEAR_LINE + System.lineSeparator()) + CLEAR_BELOW);
        } else {
            out.print(ServerViewText.of(target, view));
            if (!once) {
                out.println();
            }
        }
        out.flush();
    }
}
