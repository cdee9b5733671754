package io.ppipe.cli;

import io.ppipe.cli.ServerView.ClassRow;
import io.ppipe.cli.ServerView.ModelRow;
import io.ppipe.cli.ServerView.PoolRow;
import io.ppipe.cli.ServerView.Totals;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a server did, as a table of at most 80 columns. */
final class ServerViewText {
    private static final int WIDTH = 80;
    private static final int MODEL_WIDTH = 18;
    private static final int CLASS_WIDTH = 14;

    private ServerViewText() {}

    static String of(String target, ServerView view) {
        var text = new StringBuilder();
        Totals totals = view.totals();
        line(
                text,
                "ppipe %s at %s: %s, up %s%s",
                totals.version(),
                target,
                totals.ready() ? "ready" : "NOT READY",
                time(totals.uptimeSeconds()),
                totals.emulated() ? ", GPUs emulated" : "");
        line(
                text,
                "in flight %d of %d   decisions p99 %s ms   overruns %d of %d",
                totals.inFlight(),
                totals.inFlightLimit(),
                millis(totals.decisionMicrosP99()),
                totals.overruns(),
                totals.stages());
        line(
                text,
                "heap %s   direct %s   threads %d   last %.1f s",
                Sizes.bytes(totals.heapBytes()),
                Sizes.bytes(totals.directBytes()),
                totals.threads(),
                view.seconds());
        text.append(System.lineSeparator()).append(models(view));
        for (ModelRow model : view.models()) {
            if (!model.misses().isEmpty()) {
                line(text, "  %s missed/s: %s", shortened(model.model(), MODEL_WIDTH), misses(model));
            }
        }
        return text.append(System.lineSeparator()).append(pools(view)).toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(shortened(String.format(Locale.ROOT, format, values), WIDTH))
                .append(System.lineSeparator());
    }

    private static TextTable models(ServerView view) {
        var table = new TextTable("model", ">req/s", ">good/s", ">in SLO", ">p50 ms", ">p99 ms", ">queue");
        for (ModelRow model : view.models()) {
            table.row(
                    shortened(model.model(), MODEL_WIDTH),
                    Numbers.rate(model.ratePerSecond()),
                    Numbers.rate(model.goodputPerSecond()),
                    Double.isNaN(model.attainment()) ? "-" : Numbers.percent(model.attainment()),
                    millis(model.p50Micros()),
                    millis(model.p99Micros()),
                    Long.toString(model.waiting()));
        }
        return table;
    }

    private static String misses(ModelRow model) {
        return model.misses().entrySet().stream()
                .map(miss -> miss.getKey() + " " + Numbers.rate(miss.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static TextTable pools(ServerView view) {
        var table = new TextTable("pool", "stage", "class", ">vGPUs", ">busy", ">batch");
        for (PoolRow pool : view.pools()) {
            table.row(
                    shortened(pool.model(), MODEL_WIDTH),
                    pool.pipeline() + "." + pool.stage(),
                    shortened(pool.gpuClass(), CLASS_WIDTH),
                    Long.toString(pool.vgpus()),
                    Numbers.percent(pool.utilisation()),
                    Double.isNaN(pool.meanBatchSize())
                            ? "-"
                            : String.format(Locale.ROOT, "%.2f", pool.meanBatchSize()));
        }
        for (ClassRow gpus : view.classes()) {
            table.row(
                    "all GPUs",
                    "",
                    shortened(gpus.gpuClass(), CLASS_WIDTH),
                    Long.toString(gpus.gpus()),
                    Numbers.percent(gpus.utilisation()),
                    "");
        }
        return table;
    }

    private static String millis(double micros) {
        return Double.isNaN(micros) ? "-" : Numbers.millis(micros);
    }

    private static String time(double seconds) {
        Duration time = Duration.ofSeconds((long) seconds);
        return time.toHours() > 0
                ? "%d:%02d:%02d".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : "%d:%02d".formatted(time.toMinutes(), time.toSecondsPart());
    }

    private static String shortened(String text, int width) {
        String printable = Sizes.printable(text);
        return printable.length() <= width ? printable : printable.substring(0, width - 1) + "…";
    }
}
