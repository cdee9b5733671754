package io.ppipe.format;

import java.nio.file.Path;

/** Where the repository's examples, schemas and documents are. */
final class Examples {
    private static final Path ROOT = Path.of(System.getProperty("ppipe.root"));

    private Examples() {}

    static Path example(String path) {
        return ROOT.resolve("examples").resolve(path);
    }

    static Path page(String name) {
        return ROOT.resolve("docs").resolve(name);
    }

    /** Returns where the published figures are, on machines that have them. */
    static Path reference() {
        return ROOT.toAbsolutePath().resolveSibling("shared/reference");
    }

    static Path schema(String format) {
        return ROOT.resolve("schemas").resolve(format + ".v1.schema.json");
    }
}
