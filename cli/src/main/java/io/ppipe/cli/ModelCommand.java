package io.ppipe.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ppipe model}: what can be done with ONNX models before they are profiled. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        header = "Generate, look at and change ONNX models.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ModelListCommand.class,
            ModelNewCommand.class,
            ModelInspectCommand.class,
            ModelRebatchCommand.class
        })
final class ModelCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec);
        throw new ParameterException(
                command.commandLine(),
                "Say what to do: %s."
                        .formatted(String.join(", ", command.subcommands().keySet())));
    }
}
