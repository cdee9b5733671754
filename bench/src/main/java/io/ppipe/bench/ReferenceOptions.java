package io.ppipe.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every benchmark takes. */
final class ReferenceOptions {
    @Option(
            names = "--reference",
            paramLabel = "DIR",
            required = true,
            description = "Folder of latencies, sizes and instances as CSV files.")
    private Path reference = Path.of(".");

    @Option(names = "--json", paramLabel = "FILE", description = "Writes a report, with every row.")
    private @Nullable Path json;

    Path path() {
        return reference;
    }

    /** Returns where the report goes; null = nowhere. */
    @Nullable
    Path json() {
        return json;
    }

    ReferenceFolder folder() {
        return new ReferenceFolder(reference);
    }

    BenchReport report(String benchmark) {
        return new BenchReport(benchmark, json)
                .with("reference", reference.toString())
                .begun();
    }
}
