package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import io.ppipe.zoo.Weights;
import io.ppipe.zoo.Zoo;
import io.ppipe.zoo.ZooModel;
import io.ppipe.zoo.ZooModel.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe model new}: an ONNX file of the zoo. */
@Command(
        name = "new",
        mixinStandardHelpOptions = true,
        header = "Generate an ONNX model of the zoo, with seeded weights.",
        description = {
            "Shapes, layers and costs are those of the published architecture; answers mean nothing, as the weights"
                    + " are drawn.",
            "The same name, variant and seed give the same file. `ppipe model list` shows the names."
        })
final class ModelNewCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The architecture.")
    private String name = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write (default: NAME.onnx).")
    private @Nullable Path output;

    @Option(
            names = "--variant",
            paramLabel = "VARIANT",
            converter = Words.OfVariant.class,
            defaultValue = "full",
            description = "full: as published; small: few and narrow layers, for tests (default: ${DEFAULT-VALUE}).")
    private Variant variant = Variant.FULL;

    @Option(
            names = "--weights",
            paramLabel = "KIND",
            converter = Words.OfWeights.class,
            defaultValue = "seeded",
            description = {
                "seeded: drawn, inside the file; even: one value for each tensor, made when the model is loaded: small"
                        + " files for planning and estimating (default: ${DEFAULT-VALUE})."
            })
    private Weights weights = Weights.SEEDED;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "What the weights are drawn from, a whole number (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--overwrite", description = "Replace FILE if there is one already.")
    private boolean overwrite;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        ZooModel model = Zoo.named(name);
        Path file = output != null ? output : Path.of(name + ".onnx");
        if (!overwrite && Files.exists(file)) {
            throw new BadInputException(
                    "%s is there already; --overwrite replaces it, -o FILE writes elsewhere.".formatted(file));
        }
        model.write(file, variant, weights, seed);
        ZooModel.Size size = model.size(variant);
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: %s, input %s, %d layers, %.2f M parameters, %.1f MB%n",
                        file,
                        model.published(),
                        size.inputText(),
                        size.layers(),
                        size.parameters() / 1e6,
                        bytes(file) / 1e6);
        return Main.OK;
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new BadInputException("%s can't be read: %s".formatted(file, e.getMessage()), e);
        }
    }
}
