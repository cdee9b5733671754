package io.ppipe.cli;

import io.ppipe.profile.Rebatch;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe model rebatch}: open a fixed batch. */
@Command(
        name = "rebatch",
        mixinStandardHelpOptions = true,
        header = "Make a model whose batch is fixed take any batch size.",
        description = {
            "Opens dimension 0 of the inputs and of Reshapes that begin with the batch. The result is written only if"
                + " shapes inferred for two batch sizes fit, and made-up requests get the same answers alone, together"
                + " and from the old model. Ends with 1 and the reason otherwise."
        })
final class ModelRebatchCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL.onnx", description = "The model.")
    private Path model = Path.of("model.onnx");

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where to write.")
    private Path output = Path.of("model.onnx");

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Rebatch.write(model, output);
        Objects.requireNonNull(spec).commandLine().getOut().println("Model: " + output);
        return Main.OK;
    }
}
