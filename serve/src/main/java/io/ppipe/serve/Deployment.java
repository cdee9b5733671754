package io.ppipe.serve;

import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.StageSession;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One version of a model, loaded: its stages' sessions, and the way of tensors through its pipelines. The server holds it
 * while it is the one that is served, every batch while it runs; whoever lets go last closes the sessions.
 */
final class Deployment {
    private final String version;
    private final List<PipelinePath> paths;
    private final Sessions sessions;
    private final AtomicInteger holders = new AtomicInteger(1);

    private Deployment(String version, List<PipelinePath> paths, Sessions sessions) {
        this.version = version;
        this.paths = List.copyOf(paths);
        this.sessions = sessions;
    }

    /**
     * Loads and warms up every stage of a model.
     *
     * @param model index in the plan
     * @throws io.ppipe.model.BadInputException when a stage can't be loaded
     */
    static Deployment open(
            Scenario scenario,
            Plan plan,
            int model,
            String version,
            Partitions partitions,
            SessionSettings.Optimisation optimisation,
            Progress progress) {
        ModelProfile profile = scenario.models().get(model).profile();
        var paths = new ArrayList<PipelinePath>();
        for (Pipeline pipeline : plan.models().get(model).pipelines()) {
            List<Partition> stages = pipeline.stages().stream()
                    .map(stage -> partitions.of(model, stage.firstBlock(), stage.endBlock()))
                    .toList();
            paths.add(new PipelinePath(stages, profile.inputs(), profile.outputs(), pipeline.batchSize()));
        }
        return new Deployment(version, paths, Sessions.open(scenario, plan, model, partitions, optimisation, progress));
    }

    String version() {
        return version;
    }

    PipelinePath path(int pipeline) {
        return paths.get(pipeline);
    }

    /** Returns the session of a vGPU of the plan, which must run this model; none where it doesn't compute. */
    Optional<StageSession> session(int vgpu) {
        return sessions.of(vgpu);
    }

    /** Returns whether it is held for one more user, who must let go; false when it is closed. */
    boolean hold() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    /** Frees the sessions after the last one, on a thread of its own: it takes milliseconds, and batches wait. */
    void letGo() {
        if (holders.decrementAndGet() == 0) {
            var _ = Thread.ofPlatform().name("ppipe-close-" + version).start(sessions::close);
        }
    }

    /** Frees the sessions now, when the stages that run are over. */
    void close() {
        sessions.close();
    }
}
