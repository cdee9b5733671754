package io.ppipe.cli;

import io.ppipe.format.ProfileCsv;
import io.ppipe.format.ProfileFile;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe profile import}: a profile from what another tool measured. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        header = "Make a profile of latencies that another tool measured, from CSV files.",
        description = {
            "FOLDER holds block-latency-us/MODEL/CLASS-M.csv, cut-bytes/MODEL.csv and, where known, blocks/MODEL.csv;",
            "docs/formats.md describes them."
        })
final class ProfileImportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FOLDER", description = "The folder of the CSV files.")
    private Path folder = Path.of(".");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = "profile.json",
            description = "Where to write (default: ${DEFAULT-VALUE}).")
    private Path output = Path.of("profile.json");

    @Option(names = "--model", paramLabel = "NAME", arity = "1..*", description = "Only these models.")
    private List<String> models = List.of();

    @Option(names = "--class", paramLabel = "NAME", arity = "1..*", description = "Only these GPU classes.")
    private List<String> classes = List.of();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Profile profile = ProfileCsv.read(folder, models, classes);
        ProfileFile.write(profile, output);
        for (ModelProfile model : profile.models()) {
            String tables = model.latencies().stream()
                    .map(t -> t.sharesPerGpu() == 1 ? t.gpuClass() : t.gpuClass() + " 1/" + t.sharesPerGpu())
                    .collect(Collectors.joining(", "));
            out.printf("%s: %d blocks; latencies on %s%n", model.model(), model.blockCount(), tables);
        }
        out.println("Profile: " + output);
        return Main.OK;
    }
}
