package io.ppipe.report;

import io.ppipe.report.TimelineChart.Lane;
import io.ppipe.report.TimelineChart.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Charts as the product would show them. Random numbers come from fixed seeds. */
final class Samples {
    private static final List<String> SYSTEMS = List.of("ppipe", "DART-r", "NP", "whole GPUs");

    private Samples() {}

    static BarChart bars(int categories, int series, String name) {
        var random = new Random(7);
        List<String> names =
                IntStream.range(0, categories).mapToObj(i -> name + (i + 1)).toList();
        List<BarChart.Series> all = IntStream.range(0, series)
                .mapToObj(s -> new BarChart.Series(
                        s < SYSTEMS.size() ? SYSTEMS.get(s) : "system " + (s + 1),
                        names.stream().map(_ -> 0.4 + 0.5 * random.nextDouble()).toList()))
                .toList();
        return new BarChart(
                "Highest load factor at 99 % SLO attainment",
                "instance", "load factor", names, all, List.of(new Target("bound of the plan", 1)));
    }

    static LineChart lines() {
        var random = new Random(7);
        var all = new ArrayList<LineChart.Series>();
        for (String system : SYSTEMS) {
            double knee = 0.6 + 0.35 * random.nextDouble();
            var points = new ArrayList<LineChart.Point>();
            for (int i = 0; i < 10; i++) {
                double x = 0.3 + i * 0.08;
                double y = x < knee ? 1 - 0.004 * i : Math.max(0.1, 1 - 3 * (x - knee));
                points.add(new LineChart.Point(x, y, Math.max(0, y - 0.04), Math.min(1, y + 0.03)));
            }
            all.add(new LineChart.Series(system, points));
        }
        return new LineChart(
                "SLO attainment against load",
                Axis.linear("load factor (share of the planned rate)"),
                Axis.linear("SLO attainment (share of requests)").between(0, 1.02),
                all,
                List.of(new Target("target 0.99", 0.99)));
    }

    static TimelineChart timeline() {
        var random = new Random(7);
        var lanes = new ArrayList<Lane>();
        List<String> models = List.of("resnet50", "efficientnet-b8", "convnext-xl");
        for (int i = 0; i < 9; i++) {
            var spans = new ArrayList<Span>();
            long at = random.nextInt(9_000);
            while (at < 120_000) {
                long length = 2_000L + random.nextInt(12_000);
                spans.add(new Span(at, at + length, models.get(i / 3), "×" + (1 + random.nextInt(8))));
                at += length + random.nextInt(3_000);
            }
            lanes.add(new Lane("server-%d V100 vGPU %d".formatted(i / 3, i % 3), spans));
        }
        var transfers = new ArrayList<Span>();
        for (int i = 0; i < 40; i++) {
            long at = random.nextInt(118_000);
            transfers.add(new Span(at, at + 3_500, "transfer", ""));
        }
        lanes.add(new Lane("link server-0 → server-1", transfers));
        return new TimelineChart("Batches on each vGPU", 0, 120_000, lanes);
    }
}
