package io.ppipe.cli;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.simulate.Observer;
import java.util.List;

/** Several observers of one run, told in order. */
record Observers(List<Observer> all) implements Observer {
    Observers {
        all = List.copyOf(all);
    }

    @Override
    public void dispatched(Batch batch, long nowMicros) {
        all.forEach(one -> one.dispatched(batch, nowMicros));
    }

    @Override
    public void planChanged(Plan plan, long nowMicros) {
        all.forEach(one -> one.planChanged(plan, nowMicros));
    }

    @Override
    public void lost(int vgpu, long nowMicros) {
        all.forEach(one -> one.lost(vgpu, nowMicros));
    }

    @Override
    public void returned(int vgpu, long nowMicros) {
        all.forEach(one -> one.returned(vgpu, nowMicros));
    }

    @Override
    public void stage(Batch batch, int position, long startMicros, long endMicros) {
        all.forEach(one -> one.stage(batch, position, startMicros, endMicros));
    }

    @Override
    public void transfer(Batch batch, int position, long startMicros, long endMicros) {
        all.forEach(one -> one.transfer(batch, position, startMicros, endMicros));
    }

    @Override
    public void answered(Request request, Batch batch, long nowMicros) {
        all.forEach(one -> one.answered(request, batch, nowMicros));
    }

    @Override
    public void rejected(Request request, Decision.Cause cause, long nowMicros) {
        all.forEach(one -> one.rejected(request, cause, nowMicros));
    }
}
