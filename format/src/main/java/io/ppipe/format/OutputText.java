package io.ppipe.format;

import java.nio.file.Path;

/** Prints a tree of values as text, and writes that as a {@link WholeFile}. */
final class OutputText {
    private OutputText() {}

    static void json(Node.Mapping root, Path file) {
        WholeFile.write(file, JsonPrinter.print(root));
    }

    /** Writes a file that a person may go on writing: JSON when its name ends so, YAML otherwise. */
    static void yamlOrJson(Node.Mapping root, Path file) {
        WholeFile.write(file, NodeReader.isJson(file) ? JsonPrinter.print(root) : YamlPrinter.print(root));
    }
}
