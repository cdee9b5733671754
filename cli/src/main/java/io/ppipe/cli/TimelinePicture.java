package io.ppipe.cli;

import io.ppipe.cli.RunTimeline.LostSpan;
import io.ppipe.cli.RunTimeline.StageSpan;
import io.ppipe.cli.RunTimeline.TransferSpan;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Plan;
import io.ppipe.model.Vgpu;
import io.ppipe.report.Block;
import io.ppipe.report.Chart;
import io.ppipe.report.TimelineChart;
import io.ppipe.report.TimelineChart.Lane;
import io.ppipe.report.TimelineChart.Span;
import io.ppipe.schedule.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Who ran what, when, as in Fig. 12 of PPipe (USENIX ATC '25): a lane for each vGPU, pool by pool, and below them the
 * servers' links. Where there are too many lanes, the lost and the busiest of every pool are shown.
 */
final class TimelinePicture {
    /** More do not fit a screen. */
    static final int MAX_VGPUS = 40;

    static final int MAX_LINKS = 8;

    private static final String LOST = "lost";

    /** Beyond it a page gets slow, and spans are hairs. */
    private static final int MAX_SPANS = 8_000;

    private final RunTimeline timeline;
    private final boolean byPipeline;

    private TimelinePicture(RunTimeline timeline) {
        this.timeline = timeline;
        long pipelines = timeline.stages().stream()
                .map(span -> List.of(
                        span.epoch().index(), span.batch().model(), span.batch().pipeline()))
                .distinct()
                .count();
        byPipeline = pipelines <= Chart.MAX_SERIES;
    }

    /** Returns the picture, or a paragraph when nothing ran. */
    static Block of(RunTimeline timeline) {
        return new TimelinePicture(timeline).draw();
    }

    private Block draw() {
        if (timeline.stages().isEmpty() && timeline.losses().isEmpty()) {
            return new Block.Paragraph(
                    "Nothing ran from %s.%s".formatted(timeline.window().text(), rejections()));
        }
        List<Track> vgpus = vgpus();
        List<Track> links = links();
        List<Track> shown = new ArrayList<>(busiest(vgpus, MAX_VGPUS));
        shown.addAll(busiest(links, MAX_LINKS));
        TimeWindow drawn = drawn(shown);
        var chart = new TimelineChart(
                "Stages on vGPUs",
                drawn.startMicros(),
                drawn.endMicros(),
                shown.stream().map(track -> new Lane(track.name, track.spans)).toList());
        return new Block.Picture(chart, caption(vgpus.size(), links.size(), drawn));
    }

    /**
     * One lane to be.
     *
     * @param pool what it is shown next to; the pools are shown in their order
     */
    private record Track(Pool pool, int index, String name, List<Span> spans) {
        boolean lost() {
            return spans.stream().anyMatch(span -> span.kind().equals(LOST));
        }

        long busyMicros() {
            return spans.stream()
                    .mapToLong(span -> span.endMicros() - span.startMicros())
                    .sum();
        }
    }

    /** A stage's vGPUs; or all uplinks, or all downlinks, as model 0 or 1 after all plans. */
    private record Pool(int epoch, int model, int pipeline, int stage) implements Comparable<Pool> {
        private static final Comparator<Pool> ORDER = Comparator.comparingInt(Pool::epoch)
                .thenComparingInt(Pool::model)
                .thenComparingInt(Pool::pipeline)
                .thenComparingInt(Pool::stage);

        @Override
        public int compareTo(Pool other) {
            return ORDER.compare(this, other);
        }
    }

    private static final Comparator<Track> IN_PAGE_ORDER =
            Comparator.comparing(Track::pool).thenComparingInt(Track::index);

    private List<Track> vgpus() {
        var tracks = new TreeMap<List<Integer>, Track>(
                Comparator.<List<Integer>>comparingInt(List::getFirst).thenComparingInt(List::getLast));
        for (StageSpan span : timeline.stages()) {
            Track track = tracks.computeIfAbsent(
                    List.of(span.epoch().index(), span.vgpu()), _ -> vgpu(span.epoch(), span.vgpu()));
            track.spans.add(new Span(
                    span.startMicros(), span.endMicros(), kind(span.epoch(), span.batch()), label(span.batch())));
        }
        for (LostSpan span : timeline.losses()) {
            tracks.computeIfAbsent(List.of(span.epoch().index(), span.vgpu()), _ -> vgpu(span.epoch(), span.vgpu()))
                    .spans
                    .add(new Span(span.startMicros(), span.endMicros(), LOST, LOST));
        }
        return List.copyOf(tracks.values());
    }

    private static Track vgpu(PlansOfBatches.Epoch epoch, int index) {
        Vgpu vgpu = epoch.plan().vgpus().get(index);
        String name = "%s · %s stage %d"
                .formatted(Places.vgpu(vgpu), pipeline(epoch.plan(), vgpu.model(), vgpu.pipeline()), vgpu.stage());
        var pool = new Pool(epoch.index(), vgpu.model(), vgpu.pipeline(), vgpu.stage());
        return new Track(pool, index, name, new ArrayList<>());
    }

    private List<Track> links() {
        var uplinks = new TreeMap<Integer, Track>();
        var downlinks = new TreeMap<Integer, Track>();
        for (TransferSpan span : timeline.transfers()) {
            var shown = new Span(
                    span.startMicros(), span.endMicros(), kind(span.epoch(), span.batch()), label(span.batch()));
            uplinks.computeIfAbsent(span.transfer().fromServer(), server -> link("uplink", 0, server))
                    .spans
                    .add(shown);
            downlinks
                    .computeIfAbsent(span.transfer().toServer(), server -> link("downlink", 1, server))
                    .spans
                    .add(shown);
        }
        var links = new ArrayList<>(uplinks.values());
        links.addAll(downlinks.values());
        return links;
    }

    private static Track link(String kind, int order, int server) {
        return new Track(
                new Pool(Integer.MAX_VALUE, order, 0, 0),
                server,
                "%s of server %d".formatted(kind, server),
                new ArrayList<>());
    }

    /** Returns the busiest of every pool, then the second busiest of every pool, and so on, in the order of the page. */
    private static List<Track> busiest(List<Track> tracks, int most) {
        Map<Pool, List<Track>> byPool = new LinkedHashMap<>();
        tracks.stream()
                .sorted(Comparator.comparing(Track::lost)
                        .thenComparingLong(Track::busyMicros)
                        .reversed()
                        .thenComparing(IN_PAGE_ORDER))
                .forEach(track -> byPool.computeIfAbsent(track.pool, _ -> new ArrayList<>())
                        .add(track));
        Function<Track, Integer> rank =
                track -> byPool.getOrDefault(track.pool, List.of()).indexOf(track);
        return byPool.values().stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparing(rank))
                .limit(most)
                .sorted(IN_PAGE_ORDER)
                .toList();
    }

    /** Returns the window, or as much of it as has spans that can be drawn. */
    private TimeWindow drawn(List<Track> shown) {
        long[] starts = shown.stream()
                .flatMap(track -> track.spans.stream())
                .mapToLong(Span::startMicros)
                .sorted()
                .toArray();
        if (starts.length <= MAX_SPANS) {
            return timeline.window();
        }
        TimeWindow shorter = timeline.window()
                .until(Math.max(starts[MAX_SPANS], timeline.window().startMicros() + 1));
        shown.forEach(track -> track.spans.removeIf(span -> span.startMicros() >= shorter.endMicros()));
        return shorter;
    }

    private String kind(PlansOfBatches.Epoch epoch, Batch batch) {
        String name = byPipeline
                ? pipeline(epoch.plan(), batch.model(), batch.pipeline())
                : epoch.plan().models().get(batch.model()).model();
        return epoch.index() == 0 ? name : "%s (plan %d)".formatted(name, epoch.index() + 1);
    }

    private static String pipeline(Plan plan, int model, int pipeline) {
        ModelPlan planned = plan.models().get(model);
        return planned.pipelines().size() == 1
                ? planned.model()
                : "%s pipeline %d".formatted(planned.model(), pipeline);
    }

    private static String label(Batch batch) {
        return "×%d #%d".formatted(batch.size(), batch.id());
    }

    private String caption(int vgpus, int links, TimeWindow drawn) {
        var text = new StringBuilder(
                "One lane per vGPU (class, GPU, slot if shared), pool by pool, then the servers' links. ×4 #812 is a"
                        + " batch of 4 requests with the number 812; rest the pointer on it for its times.");
        if (vgpus > MAX_VGPUS) {
            text.append(
                    " Shown are %d of the %d vGPUs that were busy or lost, the lost and the busiest of every pool; %d are left out."
                            .formatted(MAX_VGPUS, vgpus, vgpus - MAX_VGPUS));
        }
        if (links > MAX_LINKS) {
            text.append(" Of %d links in use the %d busiest are shown.".formatted(links, MAX_LINKS));
        }
        if (!drawn.equals(timeline.window())) {
            text.append(" More than that cannot be drawn of the window; --trace takes all of it.");
        }
        return text.append(rejections()).toString();
    }

    private String rejections() {
        return timeline.rejected() == 0 ? "" : " Meanwhile %d request(s) were rejected.".formatted(timeline.rejected());
    }
}
