package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;

/** What the commands of {@code ppipe} print when they fail: one line for whoever can mend it. */
public final class ErrorLines {
    private ErrorLines() {}

    /** Makes a command and its subcommands print errors our way, and end with {@link Main#FAILED} or {@link Main#USAGE}. */
    public static void install(CommandLine commandLine) {
        commandLine.setExecutionExceptionHandler((e, failed, _) -> {
            if (e instanceof BadInputException) {
                failed.getErr().println("ppipe: " + e.getMessage());
            } else if (e instanceof UncheckedIOException || e instanceof IOException) {
                failed.getErr().println("ppipe: " + reason(e));
            } else {
                failed.getErr().println("ppipe: this is a defect of ppipe, please report it with what follows.");
                e.printStackTrace(failed.getErr());
            }
            return Main.FAILED;
        });
        commandLine.setParameterExceptionHandler((e, _) -> {
            CommandLine failed = e.getCommandLine();
            PrintWriter err = failed.getErr();
            err.println("ppipe: " + e.getMessage());
            CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
            err.println("Try '" + failed.getCommandSpec().qualifiedName() + " --help'.");
            return Main.USAGE;
        });
    }

    private static String reason(Exception e) {
        Throwable cause = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }
}
