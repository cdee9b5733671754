package io.ppipe.format;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** Turns a tree of maps, lists and values into text, the same text for the same tree. */
final class Writer {
    private static final ObjectWriter JSON = JsonMapper.builder()
            .build()
            .writer()
            .with(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .build();

    private Writer() {}

    static String json(Map<String, Object> tree) {
        return JSON.writeValueAsString(tree) + "\n";
    }

    static String yaml(Map<String, Object> tree) {
        return YAML.writeValueAsString(tree);
    }

    /** Returns a map that keeps its order, beginning with format and version. */
    static Map<String, Object> file(String format, int version) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("format", format);
        tree.put("version", version);
        return tree;
    }
}
