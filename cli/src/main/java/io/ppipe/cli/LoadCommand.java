package io.ppipe.cli;

import io.ppipe.format.ReportFile;
import io.ppipe.load.AnswerListener;
import io.ppipe.load.Arrivals;
import io.ppipe.load.LoadGenerator;
import io.ppipe.load.LoadReport;
import io.ppipe.load.LoadSettings;
import io.ppipe.model.BadInputException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe load}: load any server of the protocol. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        header = "Load an Open Inference Protocol v2 endpoint, open loop, and report.",
        description = {
            "Send times are fixed in advance; latency counts from the time at which a request was due, so a slow"
                    + " server",
            "cannot slow the load down. Inputs are random, made from the model's metadata."
        })
final class LoadCommand implements Callable<Integer> {
    @Parameters(paramLabel = "URL", description = "http://HOST:PORT for REST, grpc://HOST:PORT for gRPC.")
    private URI target = URI.create("http://127.0.0.1:8000");

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            required = true,
            description = "The model to ask.")
    private String model = "";

    @Option(names = "--rate", paramLabel = "RPS", required = true, description = "Requests per second.")
    private double rate;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long to send (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--arrivals",
            paramLabel = "KIND",
            defaultValue = "POISSON",
            description = "POISSON or FIXED (default: ${DEFAULT-VALUE}).")
    private Arrivals arrivals = Arrivals.POISSON;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--slo-ms",
            paramLabel = "MS",
            description = "What counts as in time; what the server says of the model by default.")
    private @Nullable Double sloMillis;

    @Option(names = "--send-timeout", description = "Send the SLO along as each request's timeout.")
    private boolean sendTimeout;

    @Option(
            names = "--max-in-flight",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Most requests without an answer; what would be sent beyond counts as failed (default:"
                    + " ${DEFAULT-VALUE}).")
    private int maxInFlight;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the report here.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        OptionalLong slo = sloMillis == null ? OptionalLong.empty() : OptionalLong.of(Math.round(sloMillis * 1000));
        LoadSettings settings;
        try {
            settings = new LoadSettings(target, model, arrivals, rate, seconds, seed, slo, sendTimeout, maxInFlight);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(e);
        }
        LoadReport report;
        try (var progress = new ConsoleProgress()) {
            report = LoadGenerator.run(settings, AnswerListener.NONE, progress);
        }
        out.print(report.text());
        if (json != null) {
            ReportFile.write(report.json(), json);
            out.println("Report: " + json);
        }
        return Main.OK;
    }
}
