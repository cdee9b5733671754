package io.ppipe.bench;

import io.ppipe.cli.ErrorLines;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ppipe bench}, which {@code ppipe} starts as a process of its own. Exit codes: 0 ok, 1 failed, 2 wrong usage. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        header = "Measure ppipe itself, on measured or published figures.",
        synopsisSubcommandLabel = "NAME",
        commandListHeading = "%nBenchmarks:%n",
        subcommands = {
            PlanBench.class,
            ScaleBench.class,
            PrepartitionBench.class,
            EvaluateBench.class,
            StudyBench.class,
            SimulateBench.class,
            InspectBench.class,
            ZooBench.class,
            RoundTripBench.class,
            ServeBench.class
        })
public final class Main {
    private Main() {}

    /** Runs a benchmark and ends the process with its exit code. */
    public static void main(String[] args) {
        CommandLine commandLine = commandLine();
        int code = commandLine.execute(args);
        commandLine.getOut().flush();
        commandLine.getErr().flush();
        System.exit(code);
    }

    static CommandLine commandLine() {
        var commandLine = new CommandLine(new Main());
        commandLine.setCommandName("ppipe bench");
        ErrorLines.install(commandLine);
        return commandLine;
    }
}
