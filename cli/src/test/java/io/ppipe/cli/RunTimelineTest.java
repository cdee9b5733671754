package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Certificate;
import io.ppipe.model.Goal;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Request;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import io.ppipe.report.Block;
import io.ppipe.report.TimelineChart;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Reservation;
import io.ppipe.schedule.Transfer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunTimelineTest {
    private static final int VGPUS = 100;

    /** One model of two stages, each on {@value #VGPUS} vGPUs. */
    private static Plan plan(String model) {
        var pipeline = new Pipeline(
                1, 100, List.of(new Stage(0, 1, "slow", 1, VGPUS, 1_000), new Stage(1, 2, "fast", 1, VGPUS, 1_000)));
        var vgpus = new ArrayList<Vgpu>();
        for (int stage = 0; stage < 2; stage++) {
            for (int gpu = 0; gpu < VGPUS; gpu++) {
                vgpus.add(new Vgpu(stage == 0 ? "slow" : "fast", gpu, 0, 1, 0, 0, stage));
            }
        }
        return new Plan(
                "ppipe",
                "here",
                1,
                "f",
                new PlanRules(2, Goal.THROUGHPUT, false),
                List.of(new ModelPlan(model, 10_000, 1, new ModelRules(0, 0, 100), 100, List.of(pipeline), "")),
                vgpus,
                new Certificate(1, 1, List.of(), "none", Certificate.Ended.GAP),
                MarginalValues.UNKNOWN);
    }

    private static Batch batch(long id, int vgpu) {
        return new Batch(
                id,
                0,
                0,
                0,
                List.of(new Request(id, 0, 0, 10_000)),
                List.of(new Reservation(vgpu, 0, 1_000), new Reservation(VGPUS + vgpu, 1_100, 2_000)),
                List.of(new Transfer(vgpu, VGPUS + vgpu, 1_000, 1_100)));
    }

    private static void run(RunTimeline timeline, Batch batch, long atMicros, long stageMicros) {
        timeline.dispatched(batch, atMicros);
        timeline.stage(batch, 0, atMicros, atMicros + stageMicros);
        timeline.transfer(batch, 0, atMicros + stageMicros, atMicros + stageMicros + 100);
        timeline.stage(batch, 1, atMicros + stageMicros + 100, atMicros + 2 * stageMicros);
    }

    private static Block.Picture picture(RunTimeline timeline) {
        return (Block.Picture) TimelinePicture.of(timeline);
    }

    private static TimelineChart chart(RunTimeline timeline) {
        return (TimelineChart) picture(timeline).chart();
    }

    @Test
    void keepsWhatReachesIntoTheWindow() {
        var timeline = new RunTimeline(plan("m"), new TimeWindow(1_000, 2_000));

        run(timeline, batch(1, 0), 0, 1_000); // its first stage ends where the window begins
        run(timeline, batch(2, 1), 500, 1_000);
        run(timeline, batch(3, 2), 2_000, 1_000);

        assertThat(timeline.stages()).extracting(span -> span.batch().id()).containsExactly(1L, 2L, 2L);
        assertThat(timeline.transfers()).extracting(span -> span.batch().id()).containsExactly(1L, 2L);
    }

    @Test
    void showsTheBusiestOfEveryPoolAndSaysHowManyItLeavesOut() {
        var timeline = new RunTimeline(plan("m"), new TimeWindow(0, 1_000_000));
        for (int vgpu = 0; vgpu < VGPUS; vgpu++) {
            run(timeline, batch(vgpu, vgpu), 0, 1_000 + vgpu);
        }

        List<String> names =
                chart(timeline).lanes().stream().map(TimelineChart.Lane::name).toList();
        assertThat(names)
                .hasSize(TimelinePicture.MAX_VGPUS + TimelinePicture.MAX_LINKS)
                .startsWith("slow 80 · m stage 0", "slow 81 · m stage 0")
                .contains("slow 99 · m stage 0", "fast 80 · m stage 1", "fast 99 · m stage 1")
                .doesNotContain("slow 79 · m stage 0");
        assertThat(picture(timeline).caption())
                .contains("40 of the 200 vGPUs", "160 are left out", "Of 200 links in use the 8 busiest");
    }

    @Test
    void whatIsLostIsShownBeforeWhatIsBusy() {
        var timeline = new RunTimeline(plan("m"), new TimeWindow(0, 1_000_000));
        timeline.lost(3, 10);
        timeline.lost(4, 20);
        for (int vgpu = 5; vgpu < VGPUS; vgpu++) {
            run(timeline, batch(vgpu, vgpu), 0, 1_000 + vgpu);
        }
        timeline.returned(3, 5_000);

        assertThat(timeline.losses())
                .extracting(RunTimeline.LostSpan::endMicros)
                .containsExactly(5_000L, 1_000_000L);
        assertThat(chart(timeline).lanes())
                .extracting(TimelineChart.Lane::name)
                .startsWith("slow 3 · m stage 0", "slow 4 · m stage 0", "slow 82 · m stage 0");
        assertThat(chart(timeline).lanes().getFirst().spans())
                .containsExactly(new TimelineChart.Span(10, 5_000, "lost", "lost"));
    }

    @Test
    void aVgpuIsThatOfThePlanUnderWhichItsBatchWasDispatched() {
        var timeline = new RunTimeline(plan("old"), new TimeWindow(0, 1_000_000));
        Batch before = batch(1, 0);
        timeline.dispatched(before, 0);
        timeline.planChanged(plan("new"), 500);
        run(timeline, batch(2, 0), 1_000, 1_000);
        timeline.stage(before, 0, 0, 3_000);

        assertThat(chart(timeline).lanes())
                .extracting(TimelineChart.Lane::name)
                .startsWith("slow 0 · old stage 0", "slow 0 · new stage 0");
        assertThat(chart(timeline).lanes().get(1).spans().getFirst().kind()).isEqualTo("new (plan 2)");
    }

    @Test
    void keepsABoundedNumberAndEndsItsWindowThere() {
        var timeline = new RunTimeline(plan("m"), new TimeWindow(0, 1_000_000_000));
        Batch batch = batch(1, 0);
        for (int i = 0; i < 2 * RunTimeline.MAX_SPANS; i++) {
            timeline.stage(batch, 0, 10L * i, 10L * i + 10);
        }

        assertThat(timeline.stages()).hasSize(RunTimeline.MAX_SPANS);
        assertThat(timeline.window().endMicros()).isEqualTo(10L * RunTimeline.MAX_SPANS);
        assertThat(chart(timeline).lanes().getFirst().spans()).hasSizeLessThan(RunTimeline.MAX_SPANS);
        assertThat(picture(timeline).caption()).contains("--trace takes all of it");
    }
}
