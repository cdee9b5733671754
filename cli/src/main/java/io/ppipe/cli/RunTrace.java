package io.ppipe.cli;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;
import io.ppipe.model.Vgpu;
import io.ppipe.report.ChromeTrace;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Transfer;
import io.ppipe.simulate.Observer;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Writes a simulated run, or a window of it, as a Chrome trace while it goes: a process for each server, in it a thread for
 * each vGPU, uplink and downlink; rejections are in a process of their own. Keeps nothing, so that a run may be long.
 */
final class RunTrace implements Observer, Closeable {
    private static final String FRONT_END = "front end";

    private final ChromeTrace trace;
    private final TimeWindow window;
    private final Places places;
    private final List<String> models;
    private final PlansOfBatches plans;

    RunTrace(Path file, Scenario scenario, Plan plan, TimeWindow window) {
        this.window = window;
        this.places = new Places(scenario.cluster());
        this.models = plan.models().stream().map(model -> model.model()).toList();
        this.plans = new PlansOfBatches(plan);
        this.trace = ChromeTrace.open(file);
        makeTracks(plan);
    }

    /** Viewers show tracks in the order in which they are made: by server, its vGPUs and then its links. */
    private void makeTracks(Plan plan) {
        var servers = new TreeSet<Integer>();
        plan.vgpus().forEach(vgpu -> servers.add(places.serverOf(vgpu)));
        for (int server : servers) {
            plan.vgpus().stream()
                    .filter(vgpu -> places.serverOf(vgpu) == server)
                    .forEach(this::track);
            uplink(server);
            downlink(server);
        }
        models.forEach(this::rejections);
    }

    private ChromeTrace.Track track(Vgpu vgpu) {
        return trace.track(places.server(places.serverOf(vgpu)), "vGPU " + Places.vgpu(vgpu));
    }

    private ChromeTrace.Track uplink(int server) {
        return trace.track(places.server(server), "uplink");
    }

    private ChromeTrace.Track downlink(int server) {
        return trace.track(places.server(server), "downlink");
    }

    private ChromeTrace.Track rejections(String model) {
        return trace.track(FRONT_END, "rejected: " + model);
    }

    @Override
    public void dispatched(Batch batch, long nowMicros) {
        plans.dispatched(batch);
    }

    @Override
    public void planChanged(Plan plan, long nowMicros) {
        plans.changed(plan);
        makeTracks(plan);
    }

    @Override
    public void stage(Batch batch, int position, long startMicros, long endMicros) {
        if (window.overlaps(startMicros, endMicros)) {
            int vgpu = batch.stages().get(position).vgpu();
            int stage = batch.firstStage() + position;
            Map<String, Object> args = args(batch, endMicros);
            args.put("stage", stage);
            args.put("reserved_start_us", batch.stages().get(position).startMicros());
            args.put("reserved_end_us", batch.stages().get(position).endMicros());
            track(plans.of(batch).plan().vgpus().get(vgpu))
                    .span(label(batch) + " stage " + stage, startMicros, endMicros, args);
        }
    }

    @Override
    public void transfer(Batch batch, int position, long startMicros, long endMicros) {
        if (window.overlaps(startMicros, endMicros) && endMicros > startMicros) {
            Transfer transfer = batch.transfers().get(position);
            Map<String, Object> args = args(batch, endMicros);
            args.put("after_stage", batch.firstStage() + position);
            args.put("from_server", transfer.fromServer());
            args.put("to_server", transfer.toServer());
            uplink(transfer.fromServer()).span(label(batch), startMicros, endMicros, args);
            downlink(transfer.toServer()).span(label(batch), startMicros, endMicros, args);
        }
    }

    @Override
    public void rejected(Request request, Decision.Cause cause, long nowMicros) {
        if (window.contains(nowMicros)) {
            var args = new LinkedHashMap<String, Object>();
            args.put("request", request.id());
            args.put("arrival_us", request.arrivalMicros());
            args.put("slack_us", request.deadlineMicros() - nowMicros);
            rejections(models.get(request.model())).span(PlanText.word(cause), nowMicros, nowMicros, args);
        }
    }

    private String label(Batch batch) {
        return "%s ×%d".formatted(models.get(batch.model()), batch.size());
    }

    /** @param endMicros when a request's slack is counted: what it has left until its deadline */
    private Map<String, Object> args(Batch batch, long endMicros) {
        var args = new LinkedHashMap<String, Object>();
        args.put("model", models.get(batch.model()));
        args.put("pipeline", batch.pipeline());
        args.put("batch", batch.id());
        args.put("batch_size", batch.size());
        args.put(
                "slack_us_min",
                batch.requests().stream()
                        .mapToLong(request -> request.deadlineMicros() - endMicros)
                        .min()
                        .orElseThrow());
        args.put(
                "requests",
                batch.requests().stream()
                        .map(request -> Long.toString(request.id()))
                        .collect(Collectors.joining(" ")));
        args.put(
                "slacks_us",
                batch.requests().stream()
                        .map(request -> Long.toString(request.deadlineMicros() - endMicros))
                        .collect(Collectors.joining(" ")));
        return args;
    }

    /** Puts the file in place. */
    void finish() {
        trace.finish();
    }

    @Override
    public void close() {
        trace.close();
    }
}
