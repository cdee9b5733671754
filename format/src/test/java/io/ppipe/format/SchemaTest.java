package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The schemas say what the readers do. */
class SchemaTest {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final ObjectMapper YAML = YAMLMapper.builder().build();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /** Seeds whose records have every kind of object in them, and don't make thousands of mutants. */
    private static final int SEEDS = 2;

    @TempDir
    Path folder;

    private List<Formats<?>> formats = List.of();

    @BeforeEach
    void formatsWriteToTheFolder() {
        formats = Formats.all(folder);
    }

    @Test
    void everyExampleKeepsItsSchema() throws IOException {
        var examples = new ArrayList<Path>();
        try (var files = Files.walk(Examples.example(""))) {
            files.filter(f -> f.toString().endsWith(".yaml")).forEach(examples::add);
        }
        assertThat(examples).hasSizeGreaterThanOrEqualTo(4);
        for (Path example : examples) {
            JsonNode root = YAML.readTree(example.toFile());
            String format = root.get("format").asString();
            assertThat(schema(format).validate(root)).as(example.toString()).isEmpty();
        }
    }

    @Test
    void everyWrittenFileKeepsItsSchema() {
        for (Formats<?> format : formats) {
            Schema schema = schema(format.name());
            for (long seed = 1; seed <= 30; seed++) {
                JsonNode root = written(format, seed);
                assertThat(schema.validate(root))
                        .as("%s, seed %d", format.name(), seed)
                        .isEmpty();
            }
        }
    }

    @Test
    void schemasAndReadersKnowTheSameKeys() throws IOException {
        for (Formats<?> format : formats) {
            var inSchema = new TreeMap<String, List<String>>();
            collectKeys(JSON.readTree(Files.readString(Examples.schema(format.name()))), inSchema);
            var inReader = new TreeMap<String, List<String>>();
            format.shapes().forEach(shape -> inReader.put(shape.name(), shape.keys()));

            assertThat(inSchema.keySet()).as(format.name()).isEqualTo(inReader.keySet());
            inReader.forEach((title, keys) ->
                    assertThat(inSchema.get(title)).as(title).containsExactlyInAnyOrderElementsOf(keys));
        }
    }

    @Test
    void schemasAndReadersRequireTheSameKeysAndTypes() throws IOException {
        int mutants = 0;
        for (Formats<?> format : formats) {
            Schema schema = schema(format.name());
            for (long seed = 1; seed <= SEEDS; seed++) {
                JsonNode root = written(format, seed);
                for (Mutant mutant : Mutant.of(root)) {
                    mutant.apply().run();
                    boolean fits = schema.validate(root).isEmpty();
                    if (mutant.exact()) {
                        assertThat(reads(format, root))
                                .as("%s, seed %d: %s", format.name(), seed, mutant.name())
                                .isEqualTo(fits);
                    } else if (!fits) {
                        assertThat(reads(format, root))
                                .as("%s, seed %d: %s", format.name(), seed, mutant.name())
                                .isFalse();
                    }
                    mutant.undo().run();
                    mutants++;
                }
            }
        }
        assertThat(mutants).isGreaterThan(1_000);
    }

    private boolean reads(Formats<?> format, JsonNode root) throws IOException {
        Path file = Files.writeString(folder.resolve("mutant.json"), root.toString());
        try {
            var _ = format.read().apply(file);
            return true;
        } catch (BadInputException e) {
            return false;
        }
    }

    private JsonNode written(Formats<?> format, long seed) {
        Path file = folder.resolve(format.name() + ".json");
        format.write(seed, file);
        return JSON.readTree(file.toFile());
    }

    private static Schema schema(String format) {
        try {
            return SCHEMAS.getSchema(Files.readString(Examples.schema(format)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void collectKeys(JsonNode node, Map<String, List<String>> keys) {
        if (node.has("properties")) {
            assertThat(node.get("additionalProperties").asBoolean(true))
                    .as("others allowed")
                    .isFalse();
            keys.put(
                    node.get("title").asString(),
                    List.copyOf(node.get("properties").propertyNames()));
        }
        node.values().forEach(child -> collectKeys(child, keys));
    }
}
