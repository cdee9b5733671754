package io.ppipe.cli;

import picocli.CommandLine.Command;

/** {@code ppipe model}: ONNX models themselves. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        header = "List and generate CNNs to serve: the architectures that PPipe was evaluated with.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = {ModelListCommand.class, ModelNewCommand.class})
final class ModelCommand {}
