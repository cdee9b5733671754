package io.ppipe.cli;

import io.ppipe.format.ProfileFile;
import io.ppipe.format.ReportFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.ModelProfile;
import io.ppipe.profile.ModelGraph;
import io.ppipe.report.Provenance;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe model inspect}: what is in a model, where it can be cut, and what its layers cost. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        header = "Show a model's layers, cuts and costs; nothing is run.",
        description = {
            "Costs are computed from shapes: a multiply-add is two operations, constants are parameters, activations"
                    + " count as often as they are read or"
                    + " written. Without --profile, blocks"
                    + " are even"
                    + " in operations"
                    + " plus"
                    + " " + InspectedModel.OPERATIONS_PER_BYTE + " for each byte moved.",
            "Ends with 1 and the reason when ppipe can't serve the model."
        })
final class ModelInspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL.onnx", description = "The model.")
    private Path model = Path.of("model.onnx");

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1",
            description = "Requests in a batch (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--blocks",
            paramLabel = "N",
            defaultValue = "10",
            description = "Blocks to cut it into, without --profile (default: ${DEFAULT-VALUE}).")
    private int blocks;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "10",
            description = "Show the N layers of most operations (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--profile",
            paramLabel = "FILE",
            description = "A profile of this model: its blocks, boundary types and latencies.")
    private @Nullable Path profile;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page for browsers here, with the graph, its cuts and the cost of every layer.")
    private @Nullable Path html;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write all figures here.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (blocks < 1 || top < 0) {
            throw new BadInputException(
                    "--blocks (%d) must be at least 1, --top (%d) at least 0.".formatted(blocks, top));
        }
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter out = command.commandLine().getOut();
        InspectedModel inspected = inspected();
        out.print(InspectionText.of(inspected, top));
        if (html != null) {
            var provenance = new Provenance(List.of(), CommandLineText.of(command), OptionalLong.empty());
            InspectionPage.of(inspected, provenance).write(html);
            out.println("Page: " + html);
        }
        if (json != null) {
            ReportFile.write(InspectionJson.of(inspected), json);
            out.println("Report: " + json);
        }
        return Main.OK;
    }

    private InspectedModel inspected() {
        ModelGraph graph = ModelGraph.read(model);
        if (batch < 1 || (batch > 1 && !graph.dynamicBatch())) {
            throw new BadInputException("--batch (%d) must be %s for %s."
                    .formatted(batch, graph.dynamicBatch() ? "at least 1" : "1, as its batch is fixed,", model));
        }
        if (profile == null) {
            return InspectedModel.of(graph, BoundaryType.UNCHANGED, blocks, batch);
        }
        ModelProfile measured = ProfileFile.read(profile).models().stream()
                .filter(one -> one.modelSha256().equals(graph.sha256()))
                .findFirst()
                .orElseThrow(() -> new BadInputException(
                        "%s has no profile of %s (SHA-256 %s). Profile it again, or leave --profile out."
                                .formatted(profile, model, graph.sha256())));
        return InspectedModel.of(graph, measured, batch);
    }
}
