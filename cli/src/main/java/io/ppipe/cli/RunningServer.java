package io.ppipe.cli;

import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Workload;
import io.ppipe.serve.PipelineServer;
import io.ppipe.serve.SchedulerLog;
import io.ppipe.serve.front.FrontEnd;
import io.ppipe.serve.front.FrontEndSettings;

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
        return start(scenario, workload, plan, settings, frontEndSettings, SchedulerLog.NONE, progress);
    }

    /**
     * Cuts the models, loads the stages, and opens the port.
     *
     * @param log told of every call of the scheduler
     */
    static RunningServer start(
            Scenario scenario,
            Workload workload,
            Plan plan,
            PipelineServer.Settings settings,
            FrontEndSettings frontEndSettings,
            SchedulerLog log,
            Progress progress) {
        var files = new StageFiles(scenario, workload);
        try {
            PipelineServer server = PipelineServer.start(scenario, plan, files, settings, log, progress);
            try {
                return new RunningServer(files, server, FrontEnd.start(server, frontEndSettings, server.meters()));
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
