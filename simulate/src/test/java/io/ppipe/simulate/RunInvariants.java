package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.ModelProfile;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Stage;
import io.ppipe.model.Utilisation;
import io.ppipe.model.Vgpu;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Held;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.Reservation;
import io.ppipe.schedule.Transfer;
import io.ppipe.simulate.RecordedRun.Answer;
import io.ppipe.simulate.RecordedRun.Call;
import io.ppipe.simulate.RecordedRun.Made;
import io.ppipe.simulate.RecordedRun.Took;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.assertj.core.data.Offset;

/** What must hold of every run. Each check derives it from what was recorded, not from what the scheduler keeps. */
final class RunInvariants {
    private final RecordedRun run;

    RunInvariants(RecordedRun run) {
        this.run = run;
    }

    /** Checks all that holds of every run. */
    void check() {
        everyRequestEndsOnceWithACause();
        batchesFitTheirPlan();
        stagesAndTransfersAreInOrder();
        noVgpuRunsTwoAtATime();
        noLinkCarriesTwoAtATime();
        nothingRunsOnALostVgpu();
        nothingIsHeldAfterTheRun();
        utilisationIsTheTimeThatGpusWereBusy();
        if (run.settings.exact()) {
            noGpuIsBookedTwice();
            nothingAdmittedIsLate();
            whatHappensIsWhatWasReserved();
            if (run.settings.faults().isEmpty()) {
                reservationsDoNotOverlap();
            }
        }
    }

    private boolean reserving() {
        return run.policy != PolicyName.REACTIVE;
    }

    private void require(boolean holds, String what, Object... values) {
        if (!holds) {
            throw new AssertionError("%s: %s".formatted(run, what.formatted(values)));
        }
    }

    private void everyRequestEndsOnceWithACause() {
        var open = new TreeSet<Long>();
        for (Call call : run.calls) {
            if (call.event() instanceof Event.Arrived(Request request)) {
                require(open.add(request.id()), "request %d arrives twice", request.id());
            }
        }
        int arrived = open.size();
        long misses = 0;
        for (Made made : run.decisions) {
            switch (made.decision()) {
                case Decision.Reject(Request request, var cause) -> {
                    require(open.remove(request.id()), "%s ends twice, rejected because %s", request, cause);
                    misses++;
                }
                case Decision.Expire(Request request) -> {
                    require(open.remove(request.id()), "%s ends twice, expired", request);
                    misses++;
                }
                case Decision.Dispatch _, Decision.Abort _ -> {}
            }
        }
        for (Answer answer : run.answers) {
            require(open.remove(answer.request().id()), "%s is answered twice", answer.request());
            misses += answer.atMicros() > answer.request().deadlineMicros() ? 1 : 0;
        }
        require(open.isEmpty(), "requests %s have no end", open);
        assertThat(run.report.total().arrived()).as("%s", run).isEqualTo(arrived);
        assertThat(run.report.models().stream()
                        .flatMap(model -> model.misses().values().stream())
                        .mapToLong(Long::longValue)
                        .sum())
                .as("%s", run)
                .isEqualTo(misses)
                .isEqualTo(arrived - run.report.total().inTime());
    }

    private void batchesFitTheirPlan() {
        for (Made made : run.decisions) {
            if (made.decision() instanceof Decision.Dispatch(Batch batch)) {
                Pipeline pipeline =
                        plan(made).models().get(batch.model()).pipelines().get(batch.pipeline());
                require(
                        batch.size() >= 1 && batch.size() <= pipeline.batchSize(),
                        "batch %s is larger than planned (%d)",
                        batch,
                        pipeline.batchSize());
                for (int position = 0; position < batch.stages().size(); position++) {
                    Vgpu vgpu =
                            plan(made).vgpus().get(batch.stages().get(position).vgpu());
                    require(
                            vgpu.model() == batch.model()
                                    && vgpu.pipeline() == batch.pipeline()
                                    && vgpu.stage() == batch.firstStage() + position,
                            "batch %s runs on %s of another pool",
                            batch,
                            vgpu);
                }
                require(
                        reserving()
                                ? batch.stages().size() == pipeline.stages().size()
                                : batch.stages().size() == 1,
                        "batch %s lacks stages",
                        batch);
                for (Request request : batch.requests()) {
                    require(request.model() == batch.model(), "%s is in a batch of another model", request);
                }
            }
        }
    }

    private void stagesAndTransfersAreInOrder() {
        for (Made made : run.decisions) {
            if (made.decision() instanceof Decision.Dispatch(Batch batch)) {
                long ready = made.atMicros();
                for (int position = 0; position < batch.stages().size(); position++) {
                    Reservation stage = batch.stages().get(position);
                    require(stage.startMicros() >= ready, "stage %d of %s is too early", position, batch);
                    require(
                            stage.endMicros() - stage.startMicros() == profiled(plan(made), batch, position),
                            "stage %d of %s doesn't take what the profile says",
                            position,
                            batch);
                    ready = stage.endMicros();
                    if (position < batch.transfers().size()) {
                        Transfer transfer = batch.transfers().get(position);
                        require(transfer.startMicros() >= ready, "transfer %d of %s is too early", position, batch);
                        ready = transfer.endMicros();
                        require(
                                transfer.fromServer() == server(plan(made), stage.vgpu()),
                                "transfer %d of %s starts elsewhere",
                                position,
                                batch);
                        require(
                                position + 1 == batch.stages().size()
                                        || transfer.toServer()
                                                == server(
                                                        plan(made),
                                                        batch.stages()
                                                                .get(position + 1)
                                                                .vgpu()),
                                "transfer %d of %s ends elsewhere",
                                position,
                                batch);
                    }
                }
            }
        }
        var last = new TreeMap<Long, Long>();
        var all = new ArrayList<Took>(run.stages);
        all.addAll(run.transfers);
        all.sort(Comparator.comparingLong(Took::startMicros).thenComparingLong(Took::endMicros));
        for (Took took : all) {
            Long before = last.put(took.batch().id(), took.endMicros());
            require(before == null || before <= took.startMicros(), "%s overlaps what came before it", took);
        }
    }

    private long profiled(Plan plan, Batch batch, int position) {
        Stage stage = plan.models()
                .get(batch.model())
                .pipelines()
                .get(batch.pipeline())
                .stages()
                .get(batch.firstStage() + position);
        ModelProfile profile = run.scenario.models().get(batch.model()).profile();
        return profile.latencies(stage.gpuClass(), stage.sharesPerGpu())
                .orElseThrow()
                .latencyMicros(stage.firstBlock(), stage.endBlock(), batch.size());
    }

    private int server(Plan plan, int vgpu) {
        Vgpu placed = plan.vgpus().get(vgpu);
        return run.scenario.cluster().serverOf(run.scenario.cluster().classIndex(placed.gpuClass()), placed.gpu());
    }

    private static String gpu(Vgpu vgpu) {
        return vgpu.gpuClass() + "/" + vgpu.gpu();
    }

    private Plan plan(Made made) {
        return run.plans.get(made.epoch());
    }

    private Plan plan(Took took) {
        return run.plans.get(run.epoch(took.batch()));
    }

    private Vgpu vgpu(Took took) {
        return plan(took).vgpus().get(took.batch().stages().get(took.position()).vgpu());
    }

    private record Interval(long startMicros, long endMicros, double share, Object what) {}

    /** Checks that what lies on a resource at any time sums to at most 1. */
    private void requireNoOverlap(Map<String, List<Interval>> byResource) {
        byResource.forEach((resource, intervals) -> {
            intervals.sort(Comparator.comparingLong(Interval::startMicros));
            var under = new ArrayList<Interval>();
            for (Interval interval : intervals) {
                under.removeIf(other -> other.endMicros() <= interval.startMicros());
                under.add(interval);
                double share = under.stream().mapToDouble(Interval::share).sum();
                require(share < 1 + 1e-9, "%s is booked %.2f times: %s", resource, share, under);
            }
        });
    }

    private static void add(
            Map<String, List<Interval>> byResource, String resource, long start, long end, double share, Object what) {
        if (end > start) {
            byResource.computeIfAbsent(resource, _ -> new ArrayList<>()).add(new Interval(start, end, share, what));
        }
    }

    private void noVgpuRunsTwoAtATime() {
        var byResource = new TreeMap<String, List<Interval>>();
        for (Took took : run.stages) {
            String vgpu = "plan " + run.epoch(took.batch()) + ", vGPU "
                    + took.batch().stages().get(took.position()).vgpu();
            add(byResource, vgpu, took.startMicros(), took.endMicros(), 1, took);
        }
        requireNoOverlap(byResource);
    }

    private void noLinkCarriesTwoAtATime() {
        var byResource = new TreeMap<String, List<Interval>>();
        for (Took took : run.transfers) {
            Transfer transfer = took.batch().transfers().get(took.position());
            if (transfer.endMicros() > transfer.startMicros()) {
                add(byResource, "uplink " + transfer.fromServer(), took.startMicros(), took.endMicros(), 1, took);
                add(byResource, "downlink " + transfer.toServer(), took.startMicros(), took.endMicros(), 1, took);
            }
        }
        requireNoOverlap(byResource);
    }

    /** Holds of vGPUs of different plans too. */
    private void noGpuIsBookedTwice() {
        var byResource = new TreeMap<String, List<Interval>>();
        for (Took took : run.stages) {
            Vgpu vgpu = vgpu(took);
            add(byResource, "GPU " + gpu(vgpu), took.startMicros(), took.endMicros(), 1.0 / vgpu.sharesPerGpu(), took);
        }
        requireNoOverlap(byResource);
    }

    private void reservationsDoNotOverlap() {
        var byResource = new TreeMap<String, List<Interval>>();
        for (Made made : run.decisions) {
            if (made.decision() instanceof Decision.Dispatch(Batch batch)) {
                for (Reservation r : batch.stages()) {
                    add(byResource, "vGPU " + r.vgpu(), r.startMicros(), r.endMicros(), 1, batch);
                }
                for (Transfer t : reserving() ? batch.transfers() : List.<Transfer>of()) {
                    add(byResource, "uplink " + t.fromServer(), t.startMicros(), t.endMicros(), 1, batch);
                    add(byResource, "downlink " + t.toServer(), t.startMicros(), t.endMicros(), 1, batch);
                }
            }
        }
        requireNoOverlap(byResource);
    }

    private void nothingAdmittedIsLate() {
        for (Answer answer : run.answers) {
            require(
                    !reserving() || answer.atMicros() <= answer.request().deadlineMicros(),
                    "%s is answered at %d",
                    answer.request(),
                    answer.atMicros());
        }
    }

    private void whatHappensIsWhatWasReserved() {
        for (Took took : run.stages) {
            Reservation reserved = took.batch().stages().get(took.position());
            require(
                    took.startMicros() == reserved.startMicros() && took.endMicros() == reserved.endMicros(),
                    "%s was not reserved so",
                    took);
        }
        for (Took took : reserving() ? run.transfers : List.<Took>of()) {
            Transfer reserved = took.batch().transfers().get(took.position());
            require(
                    took.startMicros() == reserved.startMicros() && took.endMicros() == reserved.endMicros(),
                    "%s was not reserved so",
                    took);
        }
    }

    /**
     * Checks that what runs on a vGPU when it is lost doesn't go on, and that nothing is dispatched to it before it is back. To
     * batches of earlier plans a lost vGPU is a lost GPU, and it stays lost in later plans.
     */
    private void nothingRunsOnALostVgpu() {
        int epoch = 0;
        var lost = new TreeSet<Integer>();
        int next = 0;
        for (int i = 0; i < run.calls.size(); i++) {
            Call call = run.calls.get(i);
            switch (call.event()) {
                case Event.PlanChanged(var _, Plan newPlan) -> {
                    Plan old = run.plans.get(epoch);
                    List<String> gpus = lost.stream()
                            .map(vgpu -> gpu(old.vgpus().get(vgpu)))
                            .toList();
                    lost.clear();
                    for (int vgpu = 0; vgpu < newPlan.vgpus().size(); vgpu++) {
                        if (gpus.contains(gpu(newPlan.vgpus().get(vgpu)))) {
                            lost.add(vgpu);
                        }
                    }
                    epoch++;
                }
                case Event.VgpuLost(int vgpu) -> {
                    lost.add(vgpu);
                    endsWith(vgpu, epoch, call.atMicros());
                }
                case Event.VgpuReturned(int vgpu) -> lost.remove(vgpu);
                default -> {}
            }
            for (; next < run.decisions.size() && run.decisions.get(next).call() == i; next++) {
                if (run.decisions.get(next).decision() instanceof Decision.Dispatch(Batch batch)) {
                    batch.stages()
                            .forEach(stage -> require(!lost.contains(stage.vgpu()), "%s needs a lost vGPU", batch));
                }
            }
        }
    }

    private void endsWith(int lost, int epoch, long atMicros) {
        String gpu = gpu(run.plans.get(epoch).vgpus().get(lost));
        for (Took took : run.stages) {
            int of = run.epoch(took.batch());
            int on = took.batch().stages().get(took.position()).vgpu();
            boolean needsIt = of == epoch
                    ? on == lost && took.startMicros() < atMicros
                    : of < epoch && gpu(run.plans.get(of).vgpus().get(on)).equals(gpu);
            require(!needsIt || took.endMicros() <= atMicros, "%s goes on after the loss at %d", took, atMicros);
        }
    }

    private void nothingIsHeldAfterTheRun() {
        require(Held.by(run.scheduler) == 0, "%d promises are still held", Held.by(run.scheduler));
    }

    /** Parts of stages that were stopped are not seen, so runs with them are passed over. */
    private void utilisationIsTheTimeThatGpusWereBusy() {
        if (run.decisions.stream().anyMatch(made -> made.decision() instanceof Decision.Abort)) {
            return;
        }
        double elapsed =
                Math.max(1, run.calls.isEmpty() ? 1 : run.calls.getLast().atMicros());
        for (Utilisation utilisation : run.report.utilisation()) {
            double busy = run.stages.stream()
                    .filter(took -> vgpu(took).gpuClass().equals(utilisation.gpuClass()))
                    .mapToDouble(took -> (double) (took.endMicros() - took.startMicros())
                            / vgpu(took).sharesPerGpu())
                    .sum();
            int gpus = run.scenario
                    .cluster()
                    .gpuClass(utilisation.gpuClass())
                    .orElseThrow()
                    .count();
            assertThat(utilisation.ofClass())
                    .as("%s", run)
                    .isCloseTo(busy / (gpus * elapsed), Offset.offset(1e-9))
                    .isLessThanOrEqualTo(utilisation.ofPlanned() + 1e-9);
        }
    }

    /**
     * Checks that no vGPU was idle while a request waited that it could still have served. For plans with one stage and
     * batches of one, and exact times.
     */
    void noVgpuIdlesWhileItCouldServe() {
        var busy = new TreeMap<Integer, List<Took>>();
        for (Took took : run.stages) {
            busy.computeIfAbsent(took.batch().stages().getFirst().vgpu(), _ -> new ArrayList<>())
                    .add(took);
        }
        for (Made made : run.decisions) {
            switch (made.decision()) {
                case Decision.Dispatch(Batch batch) ->
                    batch.requests().forEach(request -> couldNotBeServedBefore(request, made.atMicros(), busy));
                case Decision.Reject(Request request, var _) -> couldNotBeServedBefore(request, made.atMicros(), busy);
                case Decision.Expire _, Decision.Abort _ -> throw new AssertionError(made);
            }
        }
    }

    private void couldNotBeServedBefore(Request request, long until, Map<Integer, List<Took>> busy) {
        for (int vgpu = 0; vgpu < run.firstPlan.vgpus().size(); vgpu++) {
            Vgpu placed = run.firstPlan.vgpus().get(vgpu);
            if (placed.model() == request.model()) {
                long latency = run.scenario
                        .models()
                        .get(request.model())
                        .profile()
                        .latencies(placed.gpuClass(), placed.sharesPerGpu())
                        .orElseThrow()
                        .latencyMicros(
                                0,
                                run.scenario
                                        .models()
                                        .get(request.model())
                                        .profile()
                                        .blockCount(),
                                1);
                long idle = request.arrivalMicros();
                for (Took took : busy.getOrDefault(vgpu, List.of())) {
                    if (took.startMicros() > idle) {
                        break;
                    }
                    idle = Math.max(idle, took.endMicros());
                }
                require(
                        idle >= until || idle + latency > request.deadlineMicros(),
                        "%s waited until %d although vGPU %d was idle at %d",
                        request,
                        until,
                        vgpu,
                        idle);
            }
        }
    }
}
