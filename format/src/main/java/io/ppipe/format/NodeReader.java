package io.ppipe.format;

import io.ppipe.format.Node.Entry;
import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads a JSON or YAML file, token by token, into {@link Node}s that know their lines. Everything that an ill-meant or
 * broken file could make large is bounded: bytes, values, depth, and YAML's aliases are not read at all.
 */
final class NodeReader {
    /** Most bytes of a file that a person writes. */
    static final long MAX_HAND_WRITTEN_BYTES = 1L << 20;

    /** Most bytes of a file that a program writes. */
    static final long MAX_GENERATED_BYTES = 64L << 20;

    /** Our files nest 8 deep. */
    private static final int MAX_DEPTH = 32;

    /**
     * Most values in one file. 18 models × 10 blocks × 4 classes × 3 shares × 16 batch sizes are 35 000 latencies. A
     * value takes up to 100 bytes of memory.
     */
    private static final int MAX_VALUES = 1_000_000;

    private static final TokenStreamFactory JSON = new JsonFactory();
    private static final TokenStreamFactory YAML = new YAMLFactory();

    private static final String ALIAS = "YAML aliases (*name) are not read; write the value out";

    private final String file;
    private final JsonParser parser;

    /** The line that all of the text stands in; 0 when the text is a whole file, whose lines the parser counts. */
    private final int onlyLine;

    private int values;

    private NodeReader(String file, JsonParser parser, int onlyLine) {
        this.file = file;
        this.parser = parser;
        this.onlyLine = onlyLine;
    }

    /** Reads one line of a file whose lines are JSON values. */
    static Node jsonLine(String file, int line, String text) {
        try (var parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            var reader = new NodeReader(file, parser, line);
            try {
                return reader.document();
            } catch (JacksonException e) {
                throw reader.problem("JSON", e);
            }
        } catch (IOException e) {
            throw new AssertionError("A string can always be read.", e);
        }
    }

    /** Reads a file that is JSON. */
    static Node json(Path file, long maxBytes) {
        return InputText.read(file, maxBytes, text -> read(file, JSON, text));
    }

    /** Reads a file that a person writes: JSON when its name ends so, YAML otherwise. */
    static Node yamlOrJson(Path file, long maxBytes) {
        return isJson(file) ? json(file, maxBytes) : InputText.read(file, maxBytes, text -> yaml(file, text));
    }

    private static Node yaml(Path file, Reader text) throws IOException {
        String all = text.readAllAsString();
        try {
            return read(file, YAML, new SmallReads(all));
        } catch (BadInputException e) {
            if (e.getCause() instanceof JacksonException jackson && jackson.getCause() instanceof ReaderException bad) {
                // The parser tells the position of such a character, not its line.
                long line = 1
                        + all.codePoints()
                                .limit(bad.getPosition())
                                .filter(c -> c == '\n')
                                .count();
                String message =
                        "this is not valid YAML: character U+%04X must be escaped".formatted(bad.getCodePoint());
                throw Problem.at(file.toString(), (int) line, message, jackson);
            }
            throw e;
        }
    }

    /**
     * Text in pieces that leave room in the YAML parser's buffer: when a piece ends between the two halves of a character
     * beyond U+FFFF, the parser puts the second half behind it, even where the buffer is full.
     */
    private static final class SmallReads extends StringReader {
        private static final int MAX_CHARS = 1000; // the parser's buffer has 1025

        SmallReads(String text) {
            super(text);
        }

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
            return super.read(buffer, offset, Math.min(length, MAX_CHARS));
        }
    }

    /** Returns whether a file that could be JSON or YAML is JSON. */
    static boolean isJson(Path file) {
        return file.toString().endsWith(".json");
    }

    private static Node read(Path file, TokenStreamFactory factory, Reader text) throws IOException {
        try (var parser = factory.createParser(ObjectReadContext.empty(), text)) {
            var reader = new NodeReader(file.toString(), parser, 0);
            try {
                return reader.document();
            } catch (JacksonException e) {
                throw reader.problem(factory.getFormatName(), e);
            }
        }
    }

    private Node document() {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw Problem.of(file, "this file is empty");
        }
        Node root = value(first);
        if (parser.nextToken() != null) {
            String message = onlyLine == 0
                    ? "the file goes on after its end; one file holds one document"
                    : "the line goes on after its end; one line holds one object";
            throw Problem.at(file, line(), message);
        }
        return root;
    }

    private Node value(JsonToken token) {
        if (parser.streamReadContext().getNestingDepth() > MAX_DEPTH) {
            throw Problem.at(file, line(), "values nest deeper than %d; is it the right file?".formatted(MAX_DEPTH));
        }
        if (++values > MAX_VALUES) {
            throw Problem.at(file, line(), "more than %d values; is it the right file?".formatted(MAX_VALUES));
        }
        int line = line();
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw Problem.at(file, line, ALIAS);
        }
        return switch (token) {
            case START_OBJECT -> mapping(line);
            case START_ARRAY -> sequence(line);
            case VALUE_STRING -> new Node.Text(line, parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Node.Numeral(line, parser.getString());
            case VALUE_TRUE -> new Node.Truth(line, true);
            case VALUE_FALSE -> new Node.Truth(line, false);
            case VALUE_NULL -> new Node.Nothing(line);
            default -> throw Problem.at(file, line, "found %s where a value should stand".formatted(token));
        };
    }

    private Node mapping(int line) {
        var entries = new ArrayList<Entry>();
        var lines = new HashMap<String, Integer>();
        while (next() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            int keyLine = line();
            Integer before = lines.put(key, keyLine);
            if (before != null) {
                throw Problem.at(
                        file, keyLine, "key %s is there twice, first in line %d".formatted(Problem.shown(key), before));
            }
            entries.add(new Entry(key, keyLine, value(next())));
        }
        return new Node.Mapping(line, entries);
    }

    private Node sequence(int line) {
        var items = new ArrayList<Node>();
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            items.add(value(token));
        }
        return new Node.Sequence(line, items);
    }

    private JsonToken next() {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw Problem.at(file, line(), onlyLine == 0 ? "the file ends too early" : "the line ends too early");
        }
        return token;
    }

    private int line() {
        return onlyLine > 0
                ? onlyLine
                : Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private BadInputException problem(String language, JacksonException e) throws IOException {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io) {
                throw io; // reading failed, not parsing; whoever opened the file knows what to say
            }
        }
        String message = inOneLine(String.valueOf(e.getOriginalMessage()));
        return Problem.at(file, lineOf(e), "this is not valid %s: %s".formatted(language, message), e);
    }

    private int lineOf(JacksonException e) {
        if (onlyLine > 0) {
            return onlyLine;
        }
        if (e.getCause() instanceof MarkedYamlEngineException marked
                && marked.getProblemMark().isPresent()) {
            return marked.getProblemMark().get().getLine() + 1; // Jackson gives the token before
        }
        TokenStreamLocation place = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
        return Math.max(1, place.getLineNr());
    }

    /** YAML messages come with context: lines that are indented quote the file, and the line number is known. */
    private static String inOneLine(String message) {
        return message.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .map(line -> line.replaceAll(" \\(start marker at .*\\)|, from `[^`]*`", ""))
                .collect(Collectors.joining(": "));
    }
}
