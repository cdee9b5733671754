package io.ppipe.report;

import java.util.List;

/**
 * Who was busy with what, when: lanes of coloured spans over time, such as the batches on each vGPU and link. Spans of
 * one lane that overlap are put below each other.
 *
 * @param title what stands above it
 * @param startMicros begin of the time axis, in microseconds; earlier spans are cut off
 * @param endMicros end of the time axis, in microseconds; later spans are cut off
 * @param lanes from top to bottom; 1 to {@value #MAX_LANES}
 */
public record TimelineChart(String title, long startMicros, long endMicros, List<Lane> lanes) implements Chart {
    /** Lanes that fit a picture which a screen can show. */
    public static final int MAX_LANES = 200;

    /** Spans beyond which a page gets slow to open; such a run belongs into a {@link ChromeTrace}. */
    public static final int MAX_SPANS = 20_000;

    public TimelineChart {
        lanes = List.copyOf(lanes);
        if (startMicros >= endMicros) {
            throw new IllegalArgumentException(
                    "Timeline must begin (%d us) before it ends (%d us).".formatted(startMicros, endMicros));
        }
        if (lanes.isEmpty() || lanes.size() > MAX_LANES) {
            throw new IllegalArgumentException(
                    "Timeline has %d lanes, not 1 to %d.".formatted(lanes.size(), MAX_LANES));
        }
        int spans = lanes.stream().mapToInt(lane -> lane.spans().size()).sum();
        if (spans > MAX_SPANS) {
            throw new IllegalArgumentException(
                    "Timeline has %d spans, more than %d. Maybe show a shorter time.".formatted(spans, MAX_SPANS));
        }
    }

    /**
     * A row of the timeline.
     *
     * @param name what stands to its left, such as {@code V100-2 vGPU 1}
     * @param spans in any order
     */
    public record Lane(String name, List<Span> spans) {
        public Lane {
            spans = List.copyOf(spans);
        }
    }

    /**
     * Something that went on from {@code startMicros} to just before {@code endMicros}.
     *
     * @param startMicros begin, in microseconds
     * @param endMicros end, in microseconds; not before the begin
     * @param kind what gives it its colour and its name in the legend, such as the model
     * @param label what stands in it, where there is room, and in its tooltip
     */
    public record Span(long startMicros, long endMicros, String kind, String label) {
        public Span {
            if (endMicros < startMicros) {
                throw new IllegalArgumentException("Span %s must not end (%d us) before it begins (%d us)."
                        .formatted(label, endMicros, startMicros));
            }
        }
    }
}
