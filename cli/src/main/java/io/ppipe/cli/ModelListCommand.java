package io.ppipe.cli;

import io.ppipe.zoo.Zoo;
import io.ppipe.zoo.ZooModel;
import io.ppipe.zoo.ZooModel.Variant;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ppipe model list}: what {@code ppipe model new} can make. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        header = "List the architectures of the zoo.",
        description = "Shows whether FOLDER/NAME.onnx is there already: `ppipe model new NAME` writes it.")
final class ModelListCommand implements Callable<Integer> {
    @Option(
            names = {"-d", "--directory"},
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "Where generated models are (default: the current folder).")
    private Path folder = Path.of(".");

    @Option(
            names = "--variant",
            paramLabel = "VARIANT",
            converter = Words.OfVariant.class,
            defaultValue = "full",
            description = "full: as published; small: few and narrow layers, for tests (default: ${DEFAULT-VALUE}).")
    private Variant variant = Variant.FULL;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        var table = new TextTable("name", "task", "input", ">layers", ">parameters (M)", "generated", "source");
        for (ZooModel model : Zoo.models()) {
            ZooModel.Size size = model.size(variant);
            table.row(
                    model.name(),
                    model.task(),
                    size.inputText(),
                    String.valueOf(size.layers()),
                    String.format(Locale.ROOT, "%.2f", size.parameters() / 1e6),
                    Files.exists(folder.resolve(model.name() + ".onnx")) ? "yes" : "no",
                    model.published());
        }
        out.print(table);
        Zoo.models().stream()
                .filter(model -> !model.note().isEmpty())
                .map(model -> "%s: %s".formatted(model.task(), model.note()))
                .distinct()
                .forEach(note -> out.printf("%n%s%n", note));
        return Main.OK;
    }
}
