package io.ppipe.cli;

import io.ppipe.model.GpuClass;
import io.ppipe.model.Scenario;
import io.ppipe.report.HtmlReport;
import io.ppipe.report.Provenance;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Where to write a page and its charts, shared by the commands that can. */
final class PageOptions {
    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Also write a page for browsers here, with tables and charts; it needs no other file.")
    private @Nullable Path report;

    @Option(
            names = "--charts",
            paramLabel = "DIR",
            description = "Also write every chart of that page into this folder, as SVG and as PNG.")
    private @Nullable Path charts;

    /** Returns whether a page is wanted, or its charts. */
    boolean given() {
        return report != null || charts != null;
    }

    /** Writes what is wanted, and says so. */
    void write(HtmlReport page, PrintWriter out) {
        if (report != null) {
            page.write(report);
            out.println("Page: " + report);
        }
        if (charts != null) {
            out.printf("Charts: %d in %s, as SVG and PNG%n", ChartFiles.write(page, charts), charts);
        }
    }

    /** Says that a page comes from simulation by this command, and what is emulated. */
    static Provenance simulated(CommandSpec spec, Scenario scenario, long seed) {
        var labels = new ArrayList<>(List.of("Simulated"));
        if (scenario.cluster().emulated()) {
            labels.add("Emulated GPUs: "
                    + scenario.cluster().classes().stream()
                            .filter(GpuClass::emulated)
                            .map(GpuClass::name)
                            .collect(Collectors.joining(", ")));
        }
        if (!Labels.estimation(scenario).isEmpty()) {
            labels.add("Estimated latencies");
        }
        return new Provenance(labels, CommandLineText.of(spec), OptionalLong.of(seed));
    }
}
