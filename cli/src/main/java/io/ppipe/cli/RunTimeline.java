package io.ppipe.cli;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Transfer;
import io.ppipe.simulate.Observer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What happened in a window of a simulated run: stages on vGPUs, transfers on links, losses, rejections. Keeps at most about
 * {@value #MAX_SPANS} spans; where there are more, the window ends before its time.
 */
final class RunTimeline implements Observer {
    /** More than a page shows; a longer time belongs into a {@link RunTrace}, which keeps nothing. */
    static final int MAX_SPANS = 50_000;

    private final PlansOfBatches plans;
    private final List<StageSpan> stages = new ArrayList<>();
    private final List<TransferSpan> transfers = new ArrayList<>();
    private final List<LostSpan> losses = new ArrayList<>();
    private final TreeMap<Integer, Long> lostSince = new TreeMap<>();
    private TimeWindow window;
    private long rejected;

    /** A vGPU that ran a stage. */
    record StageSpan(PlansOfBatches.Epoch epoch, Batch batch, int position, long startMicros, long endMicros) {
        int vgpu() {
            return batch.stages().get(position).vgpu();
        }

        int stage() {
            return batch.firstStage() + position;
        }
    }

    /** An uplink and a downlink that carried a batch's tensors. */
    record TransferSpan(PlansOfBatches.Epoch epoch, Batch batch, Transfer transfer, long startMicros, long endMicros) {}

    /** A vGPU that was lost. */
    record LostSpan(PlansOfBatches.Epoch epoch, int vgpu, long startMicros, long endMicros) {}

    RunTimeline(Plan plan, TimeWindow window) {
        this.plans = new PlansOfBatches(plan);
        this.window = window;
    }

    @Override
    public void dispatched(Batch batch, long nowMicros) {
        plans.dispatched(batch);
    }

    @Override
    public void planChanged(Plan plan, long nowMicros) {
        List.copyOf(lostSince.keySet()).forEach(vgpu -> returned(vgpu, nowMicros));
        plans.changed(plan);
    }

    @Override
    public void lost(int vgpu, long nowMicros) {
        lostSince.putIfAbsent(vgpu, nowMicros);
    }

    @Override
    public void returned(int vgpu, long nowMicros) {
        Long since = lostSince.remove(vgpu);
        if (since != null && window.overlaps(since, nowMicros)) {
            losses.add(new LostSpan(plans.current(), vgpu, since, nowMicros));
        }
    }

    @Override
    public void stage(Batch batch, int position, long startMicros, long endMicros) {
        if (window.overlaps(startMicros, endMicros)) {
            stages.add(new StageSpan(plans.of(batch), batch, position, startMicros, endMicros));
            keepBound(endMicros);
        }
    }

    @Override
    public void transfer(Batch batch, int position, long startMicros, long endMicros) {
        if (window.overlaps(startMicros, endMicros) && endMicros > startMicros) {
            Transfer transfer = batch.transfers().get(position);
            transfers.add(new TransferSpan(plans.of(batch), batch, transfer, startMicros, endMicros));
            keepBound(endMicros);
        }
    }

    /** Once there are too many, takes only what has begun already: of each vGPU and link, one more. */
    private void keepBound(long nowMicros) {
        if (stages.size() + transfers.size() == MAX_SPANS && nowMicros < window.endMicros()) {
            window = window.until(nowMicros);
        }
    }

    @Override
    public void rejected(Request request, Decision.Cause cause, long nowMicros) {
        if (window.contains(nowMicros)) {
            rejected++;
        }
    }

    /** Returns the time of which everything is known. */
    TimeWindow window() {
        return window;
    }

    /** Returns what vGPUs ran, by its end. */
    List<StageSpan> stages() {
        return List.copyOf(stages);
    }

    /** Returns what links carried, by its end; between vGPUs of one server nothing travels. */
    List<TransferSpan> transfers() {
        return List.copyOf(transfers);
    }

    /** Returns what was lost; what is not back yet, to the end of the window. */
    List<LostSpan> losses() {
        var all = new ArrayList<>(losses);
        lostSince.forEach((vgpu, since) -> {
            if (since < window.endMicros()) {
                all.add(new LostSpan(plans.current(), vgpu, since, window.endMicros()));
            }
        });
        return all;
    }

    /** Returns how many requests were rejected. */
    long rejected() {
        return rejected;
    }
}
