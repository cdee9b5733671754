package io.ppipe.format;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a JSON or YAML file into {@link Node}s, so that every later complaint can name its line. */
final class LocatedReader {
    /** More than any profile or plan of ours; keeps a wrong file from filling the memory. */
    private static final long MAX_BYTES = 256L << 20;

    private static final int MAX_DEPTH = 64;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path file;
    private final JsonParser parser;

    private LocatedReader(Path file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /** Reads the file; YAML where its name ends so, else JSON. */
    static Node read(Path file) {
        String text = text(file);
        if (text.isBlank()) {
            throw new BadInputException(file + ": the file is empty.");
        }
        String name = file.getFileName().toString();
        boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
        try (JsonParser parser = (yaml ? YAML : JSON).createParser(text)) {
            var reader = new LocatedReader(file, parser);
            parser.nextToken();
            Node node = reader.node(0);
            if (parser.nextToken() != null) {
                throw new BadInputException("%s:%d: the file goes on after its end; one document is expected."
                        .formatted(file, reader.line()));
            }
            return node;
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            throw new BadInputException(
                    "%s:%d: not valid %s: %s"
                            .formatted(file, line, yaml ? "YAML" : "JSON", oneLine(e.getOriginalMessage())),
                    e);
        } catch (RuntimeException e) {
            if (e instanceof BadInputException) {
                throw e;
            }
            // The YAML library lets some errors of its own through.
            throw new BadInputException(
                    "%s: not valid %s: %s"
                            .formatted(file, yaml ? "YAML" : "JSON", oneLine(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    private static String text(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new BadInputException(file + ": this is a folder, a file is expected.");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new BadInputException("%s: %d bytes are more than a file may have (%d)."
                        .formatted(file, Files.size(file), MAX_BYTES));
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (NoSuchFileException e) {
            throw new BadInputException(file + ": no such file.", e);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + ": the file is not text in UTF-8.", e);
        } catch (IOException e) {
            throw new BadInputException("%s: cannot be read (%s).".formatted(file, e.getMessage()), e);
        }
    }

    static String oneLine(String text) {
        String line = text.lines().findFirst().orElse("unreadable").strip();
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private Node node(int depth) {
        if (depth > MAX_DEPTH) {
            throw new BadInputException("%s:%d: nested more than %d levels deep.".formatted(file, line(), MAX_DEPTH));
        }
        int line = line();
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new BadInputException("%s:%d: the file ends too early.".formatted(file, line));
        }
        return switch (token) {
            case START_OBJECT -> fields(line, depth);
            case START_ARRAY -> items(line, depth);
            case VALUE_STRING -> new Node.Text(line, parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Node.Numeral(line, parser.getString());
            case VALUE_TRUE -> new Node.Flag(line, true);
            case VALUE_FALSE -> new Node.Flag(line, false);
            case VALUE_NULL -> new Node.Nothing(line);
            default -> throw new BadInputException("%s:%d: %s is not expected here.".formatted(file, line, token));
        };
    }

    private Node fields(int line, int depth) {
        var values = new LinkedHashMap<String, Node>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            if (values.put(key, node(depth + 1)) != null) {
                throw new BadInputException("%s:%d: key '%s' is there twice.".formatted(file, line(), key));
            }
        }
        return new Node.Fields(line, values);
    }

    private Node items(int line, int depth) {
        var values = new ArrayList<Node>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(node(depth + 1));
        }
        return new Node.Items(line, values);
    }
}
