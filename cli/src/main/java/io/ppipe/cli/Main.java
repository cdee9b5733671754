package io.ppipe.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import java.util.logging.LogManager;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code ppipe} command. Exit codes: 0 ok, 1 failed, 2 wrong usage. */
@Command(
        name = "ppipe",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        header = "Serves CNNs on clusters of mixed GPUs, through pooled pipelines, within a latency SLO.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands, in the order in which they are used:%n",
        footer = {
            "",
            "Start with `ppipe demo`. In a folder with cluster.yaml and workload.yaml:",
            "  ppipe profile && ppipe plan && ppipe serve",
            "Exit codes: 0 ok, 1 failed, 2 wrong usage."
        },
        subcommands = {
            DemoCommand.class,
            ModelCommand.class,
            DevicesCommand.class,
            ProfileCommand.class,
            PlanCommand.class,
            SimulateCommand.class,
            EvaluateCommand.class,
            ServeCommand.class,
            TopCommand.class,
            ReplayCommand.class,
            LoadCommand.class,
            BenchCommand.class,
            AutoComplete.GenerateCompletion.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;

    /** As shells say it of a process that Ctrl-C ended: nothing was finished. */
    public static final int INTERRUPTED = 130;

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        configureLogging();
        CommandLine commandLine = commandLine();
        int code = commandLine.execute(args);
        commandLine.getOut().flush();
        commandLine.getErr().flush();
        System.exit(code);
    }

    static CommandLine commandLine() {
        var commandLine = new CommandLine(new Main());
        ErrorLines.install(commandLine);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        // What follows the name of a benchmark is the benchmark's.
        Objects.requireNonNull(commandLine.getSubcommands().get("bench")).setStopAtPositional(true);
        Objects.requireNonNull(commandLine.getSubcommands().get("generate-completion"))
                .getCommandSpec()
                .usageMessage()
                .hidden(false);
        return commandLine;
    }

    private static void configureLogging() {
        try (InputStream in = Main.class.getResourceAsStream("/logging.properties")) {
            if (in != null) {
                LogManager.getLogManager().readConfiguration(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The version that Maven built. */
    static final class Version implements IVersionProvider {
        static String number() {
            try (InputStream in = Main.class.getResourceAsStream("/ppipe.properties")) {
                var properties = new Properties();
                properties.load(in);
                return properties.getProperty("version");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String[] getVersion() {
            return new String[] {
                "ppipe " + number(),
                "Java " + Runtime.version() + " on " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch")
            };
        }
    }
}
