package io.ppipe.cli;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** The command line that is being run, as a shell takes it. */
final class CommandLineText {
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    private CommandLineText() {}

    static String of(CommandSpec spec) {
        CommandSpec root = spec.root();
        return root.commandLine().getParseResult().originalArgs().stream()
                .map(CommandLineText::quoted)
                .collect(Collectors.joining(" ", root.name() + " ", ""));
    }

    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
