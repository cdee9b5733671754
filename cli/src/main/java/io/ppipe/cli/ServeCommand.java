package io.ppipe.cli;

import io.ppipe.format.EventLogHeader;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Workload;
import io.ppipe.schedule.PolicyName;
import io.ppipe.serve.PipelineServer;
import io.ppipe.serve.SchedulerLog;
import io.ppipe.serve.front.FrontEndSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe serve}: the live server. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        header = "Serve a plan over the Open Inference Protocol v2: REST and gRPC on one port.",
        description = {
            "SIGTERM and Ctrl-C drain: readiness fails first, new requests are rejected, accepted ones are answered.",
            "The process ends with 0 when every accepted request was answered, else with 1."
        })
final class ServeCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "PLAN", description = "The plan; DIR/plan.json by default.")
    private @Nullable Path plan;

    @Mixin
    private final ScenarioFiles files = new ScenarioFiles();

    @Mixin
    private final ServerOptions options = new ServerOptions();

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Write every call of the scheduler to this event log, for `ppipe replay` and for --arrivals"
                    + " recorded:FILE of `ppipe simulate`.")
    private @Nullable Path record;

    @Option(
            names = "--log-format",
            paramLabel = "FORM",
            defaultValue = "TEXT",
            description = "TEXT, or JSON: one object on one line for each event (default: ${DEFAULT-VALUE}).")
    private ServeLog.Format logFormat = ServeLog.Format.TEXT;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        Workload workload = files.workload();
        Scenario scenario = files.scenario(workload);
        Plan checked = files.plan(plan, scenario);
        var log = new ServeLog(
                logFormat, Objects.requireNonNull(spec).commandLine().getOut());
        log.take();
        Optional<Recording> recording = record(scenario, checked);
        RunningServer running;
        try (var progress = new ConsoleProgress()) {
            running = RunningServer.start(
                    scenario,
                    workload,
                    checked,
                    options.server(),
                    options.frontEnd(),
                    recording.isPresent() ? recording.get() : SchedulerLog.NONE,
                    progress);
        }
        sayReady(log, scenario, running.port());
        awaitSignal(running, recording, log);
        return Main.OK;
    }

    private void sayReady(ServeLog log, Scenario scenario, int port) {
        List<String> models =
                scenario.models().stream().map(Scenario.ScenarioModel::name).toList();
        var text = new StringBuilder(
                "ppipe %s serves %s with plan %s%n".formatted(Main.Version.number(), models, files.planPath(plan)));
        text.append("settings: %s%n".formatted(options));
        if (scenario.cluster().emulated()) {
            text.append("%s%n".formatted(Labels.emulation(scenario.cluster())));
        }
        text.append("ready on http://%s:%d (REST and gRPC)".formatted(options.host(), port));
        var fields = new LinkedHashMap<String, Object>();
        fields.put("version", Main.Version.number());
        fields.put("models", models);
        fields.put("plan", files.planPath(plan).toString());
        fields.put("settings", options.toString());
        fields.put("emulated", scenario.cluster().emulated());
        fields.put("host", options.host());
        fields.put("port", port);
        log.event("ready", fields, text.toString());
    }

    /** Begins to record before anything else takes long: a file that can't be written is said at once. */
    private Optional<Recording> record(Scenario scenario, Plan checked) {
        if (record == null) {
            return Optional.empty();
        }
        PipelineServer.Settings settings = options.server();
        return Optional.of(Recording.start(
                record,
                EventLogHeader.of(
                        scenario, checked, settings.policy().text(), RecordedSettings.of(settings.scheduler()), true)));
    }

    private void awaitSignal(RunningServer running, Optional<Recording> recording, ServeLog log)
            throws InterruptedException {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("ppipe-drain").unstarted(() -> {
                    int underWay = running.server().inFlight();
                    log.event(
                            "draining",
                            Map.of("in_flight", underWay),
                            "draining: %d requests under way".formatted(underWay));
                    boolean all = running.drainAndClose(options.drainMillis());
                    recording.ifPresent(Recording::close);
                    log.event(
                            "drained",
                            Map.of("all_answered", all),
                            all
                                    ? "drained: every accepted request was answered"
                                    : "stopped: some requests were not answered in time");
                    Runtime.getRuntime().halt(all ? Main.OK : Main.FAILED);
                }));
        new CountDownLatch(1).await(); // until a signal ends the process through the hook
    }

    /** Options of the server, shared with the demo. */
    static final class ServerOptions {
        @Option(
                names = "--host",
                paramLabel = "ADDRESS",
                defaultValue = "127.0.0.1",
                description = "Address to listen on; 0.0.0.0 = all (default: ${DEFAULT-VALUE}).")
        private String host = "127.0.0.1";

        @Option(
                names = "--port",
                paramLabel = "PORT",
                defaultValue = "8000",
                description = "Port; 0 = any free one (default: ${DEFAULT-VALUE}).")
        private int port = 8000;

        @Option(
                names = "--max-request-mib",
                paramLabel = "MIB",
                defaultValue = "64",
                description = "Largest request body (default: ${DEFAULT-VALUE}).")
        private int maxRequestMib = 64;

        @Option(
                names = "--max-in-flight",
                paramLabel = "N",
                defaultValue = "4096",
                description = "Most accepted requests under way; beyond, 429 (default: ${DEFAULT-VALUE}).")
        private int maxInFlight = 4096;

        @Option(
                names = "--policy",
                paramLabel = "NAME",
                defaultValue = "reservation",
                converter = Words.Policy.class,
                description = {
                    "How requests become batches: reservation (the paper's) or deferred (ours)",
                    "(default: ${DEFAULT-VALUE})."
                })
        private PolicyName policy = PolicyName.RESERVATION;

        @Option(
                names = "--guard",
                paramLabel = "FRACTION",
                defaultValue = "0.1",
                description = {
                    "Part of each request's time kept free before its deadline, for what no reservation covers",
                    "(default: ${DEFAULT-VALUE})."
                })
        private double guard = 0.1;

        @Mixin
        private final OptimisationOption optimisation = new OptimisationOption();

        @Option(
                names = "--drain-seconds",
                paramLabel = "S",
                defaultValue = "30",
                description = "Longest wait for accepted requests when stopping (default: ${DEFAULT-VALUE}).")
        private int drainSeconds = 30;

        void check() {
            require("--port", port, 0, 65_535);
            require("--max-request-mib", maxRequestMib, 1, 2047);
            require("--max-in-flight", maxInFlight, 1, 1_000_000);
            checkPolicy();
            if (!(guard >= 0 && guard < 1)) {
                throw new BadInputException("--guard (%s) must be in [0, 1); 0.1 keeps a tenth free.".formatted(guard));
            }
            require("--drain-seconds", drainSeconds, 0, 86_400);
        }

        private void checkPolicy() {
            switch (policy) {
                case RESERVATION, DEFERRED -> {}
                case REACTIVE ->
                    throw new BadInputException(
                            "--policy reactive: it batches anew before every stage, and a server's batches stay"
                                    + " together; only `ppipe simulate` has it. Maybe reservation or deferred.");
                case PUBLISHED ->
                    throw new BadInputException(
                            "--policy published: it is the published simulator's, to compare with; only `ppipe"
                                    + " simulate` has it. Maybe reservation or deferred.");
            }
        }

        private static void require(String option, long value, long least, long most) {
            if (value < least || value > most) {
                throw new BadInputException("%s (%d) must be between %d and %d.".formatted(option, value, least, most));
            }
        }

        String host() {
            return host;
        }

        long drainMillis() {
            return drainSeconds * 1000L;
        }

        PipelineServer.Settings server() {
            return new PipelineServer.Settings(policy, guard, maxInFlight, optimisation.level());
        }

        FrontEndSettings frontEnd() {
            return new FrontEndSettings(host, port, maxRequestMib * 1024L * 1024, Main.Version.number());
        }

        @Override
        public String toString() {
            return "host=%s port=%d max_request_mib=%d max_in_flight=%d policy=%s guard=%s optimisation=%s drain_seconds=%d"
                    .formatted(
                            host,
                            port,
                            maxRequestMib,
                            maxInFlight,
                            policy.text(),
                            guard,
                            optimisation.level(),
                            drainSeconds);
        }
    }
}
