package io.ppipe.cli;

import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Workload;
import io.ppipe.serve.ModelRepository;
import io.ppipe.serve.PipelineServer;
import io.ppipe.serve.SchedulerLog;
import io.ppipe.serve.front.Extensions;
import io.ppipe.serve.front.FrontEnd;
import io.ppipe.serve.front.FrontEndSettings;
import io.ppipe.serve.front.SharedMemory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** A server with its front end and its stage files, wired together. */
final class RunningServer implements AutoCloseable {
    private final StageFiles files;
    private final PipelineServer server;
    private final FrontEnd frontEnd;

    private RunningServer(StageFiles files, PipelineServer server, FrontEnd frontEnd) {
        this.files = files;
        this.server = server;
        this.frontEnd = frontEnd;
    }

    /** Cuts the models, loads the stages, and opens the port. */
    static RunningServer start(
            Scenario scenario,
            Workload workload,
            Plan plan,
            PipelineServer.Settings settings,
            FrontEndSettings frontEndSettings,
            Progress progress) {
        return start(
                scenario,
                workload,
                plan,
                settings,
                frontEndSettings,
                Optional.empty(),
                false,
                SchedulerLog.NONE,
                progress);
    }

    /**
     * Cuts the models, loads the stages, and opens the port.
     *
     * @param repository folder of other versions of the models
     * @param sharedMemory whether clients may name tensors in shared memory
     * @param log told of every call of the scheduler
     */
    static RunningServer start(
            Scenario scenario,
            Workload workload,
            Plan plan,
            PipelineServer.Settings settings,
            FrontEndSettings frontEndSettings,
            Optional<Path> repository,
            boolean sharedMemory,
            SchedulerLog log,
            Progress progress) {
        var files = new StageFiles(scenario, workload);
        try {
            PipelineServer server = PipelineServer.start(scenario, plan, files, settings, log, progress);
            try {
                Optional<ModelRepository> models =
                        repository.map(folder -> new ModelRepository(folder, server, new ModelVersions(scenario)));
                models.ifPresent(ModelRepository::loadPlanned);
                Optional<SharedMemory> memory = sharedMemory ? Optional.of(new SharedMemory()) : Optional.empty();
                FrontEnd frontEnd =
                        FrontEnd.start(server, new Extensions(models, memory), frontEndSettings, server.meters());
                return new RunningServer(files, server, frontEnd);
            } catch (RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    PipelineServer server() {
        return server;
    }

    int port() {
        return frontEnd.port();
    }

    OptionalInt managementPort() {
        return frontEnd.managementPort();
    }

    /**
     * Answers what was accepted, takes no more, then closes.
     *
     * @return whether everything accepted was answered within the limit
     */
    boolean drainAndClose(long limitMillis) {
        boolean all = server.drain(limitMillis);
        close();
        return all;
    }

    @Override
    public void close() {
        frontEnd.close();
        server.close();
        files.close();
    }
}
