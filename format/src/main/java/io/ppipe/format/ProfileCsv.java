package io.ppipe.format;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cut;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Nearest;
import io.ppipe.model.Profile;
import io.ppipe.model.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads a profile that was measured with another tool, from a folder of CSV files. See {@code docs/formats.md}, "profile as
 * CSV".
 */
public final class ProfileCsv {
    static final String LATENCIES = "block-latency-us";
    static final String CUTS = "cut-bytes";
    static final String BLOCKS = "blocks";

    private static final String SEE = "; docs/formats.md shows the layout";
    private static final String BLOCK_COLUMN = "block";
    private static final List<String> CUT_COLUMNS = List.of("cut_after_block", "bytes_per_request");
    private static final List<String> BLOCK_COLUMNS =
            List.of(BLOCK_COLUMN, "first_layer", "last_layer", "layers", "weight_bytes", "activation_bytes");
    private static final Pattern TABLE_NAME = Pattern.compile("(.*\\S)-([0-9]{1,9})\\.csv");
    private static final Pattern BATCH_COLUMN = Pattern.compile("batch([0-9]{1,9})");

    private final Path folder;
    private final Set<String> classes;

    private ProfileCsv(Path folder, Set<String> classes) {
        this.folder = folder;
        this.classes = classes;
    }

    /**
     * Reads a profile.
     *
     * @param models which models to read; empty = all
     * @param classes of which GPU classes to read the tables; empty = all
     * @throws BadInputException when the folder or one of its files can't be read or says something that is wrong
     */
    public static Profile read(Path folder, List<String> models, List<String> classes) {
        Path latencies = folder.resolve(LATENCIES);
        requireFolder(folder, "");
        requireFolder(latencies, ": it holds a folder for each model, with a file CLASS-M.csv for each GPU class");
        List<Path> found = entries(latencies);
        found.forEach(ProfileCsv::requireModelFolder);
        List<String> names = found.stream().map(ProfileCsv::name).toList();
        if (names.isEmpty()) {
            throw Problem.of(latencies.toString(), "this folder is empty; it must hold a folder for each model" + SEE);
        }
        Set<String> wanted = distinct(folder, "model", models);
        for (String model : wanted) {
            requireKnown(latencies.resolve(model), "model", model, names);
        }
        if (wanted.isEmpty()) {
            requireLatenciesOf(folder.resolve(CUTS), names);
            requireLatenciesOf(folder.resolve(BLOCKS), names);
        }
        var reader = new ProfileCsv(folder, distinct(folder, "class", classes));
        return new Profile(names.stream()
                .filter(name -> wanted.isEmpty() || wanted.contains(name))
                .map(reader::model)
                .toList());
    }

    private static void requireFolder(Path folder, String purpose) {
        if (!Files.isDirectory(folder)) {
            throw Problem.of(
                    folder.toString(),
                    (Files.exists(folder) ? "this is no folder" : "there is no such folder") + purpose + SEE);
        }
    }

    private static void requireModelFolder(Path folder) {
        requireFolder(folder, ": only folders, one for each model, may stand here");
        if (!ModelName.allowed(name(folder))) {
            throw Problem.of(folder.toString(), ModelName.problem(name(folder)) + "; rename the folder");
        }
    }

    private static void requireKnown(Path place, String what, String name, List<String> names) {
        if (!names.contains(name)) {
            String hint = Nearest.to(name, names)
                    .map(near -> "; maybe you meant '" + near + "'")
                    .orElse("");
            throw Problem.of(
                    place.toString(),
                    "there is no %s %s%s (here: %s)"
                            .formatted(what, Problem.shown(name), hint, String.join(", ", names)));
        }
    }

    private static Set<String> distinct(Path folder, String what, List<String> names) {
        var distinct = new LinkedHashSet<String>();
        for (String name : names) {
            if (!distinct.add(name)) {
                throw Problem.of(
                        folder.toString(),
                        "%s %s is asked for twice; name it once".formatted(what, Problem.shown(name)));
            }
        }
        return distinct;
    }

    /** Refuses a file for a model that has no latencies: most likely one of the two names is misspelt. */
    private static void requireLatenciesOf(Path filesOfModels, List<String> models) {
        if (Files.isDirectory(filesOfModels)) {
            for (Path file : entries(filesOfModels)) {
                String model = name(file).replaceFirst("\\.csv$", "");
                if (!models.contains(model)) {
                    throw Problem.of(
                            file.toString(),
                            "there is no folder %s/%s with latencies for it (models: %s)"
                                    .formatted(LATENCIES, model, String.join(", ", models)));
                }
            }
        }
    }

    /** Returns what is in a folder, hidden files left out, by name. */
    private static List<Path> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !name(entry).startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw Problem.of(folder.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private ModelProfile model(String model) {
        List<LatencyTable> tables = tables(folder.resolve(LATENCIES).resolve(model));
        int blocks = tables.getFirst().blockMicros().size();
        return new ModelProfile(
                model,
                "",
                BoundaryType.UNCHANGED,
                List.of(),
                List.of(),
                blocks(model, blocks),
                cuts(model, blocks),
                tables,
                "");
    }

    private List<LatencyTable> tables(Path modelFolder) {
        var files = new TreeMap<String, TreeMap<Integer, Path>>(); // by class and shares
        for (Path file : entries(modelFolder)) {
            Matcher name = TABLE_NAME.matcher(name(file));
            if (!name.matches() || Integer.parseInt(name.group(2)) == 0) {
                throw Problem.of(
                        file.toString(),
                        "the name of this file must be CLASS-M.csv, with a GPU class and its number of shares per GPU,"
                                + " like L4-1.csv");
            }
            Path before = files.computeIfAbsent(name.group(1), c -> new TreeMap<>())
                    .put(Integer.parseInt(name.group(2)), file);
            if (before != null) {
                throw Problem.of(file.toString(), "this is the same table as %s; keep one".formatted(name(before)));
            }
        }
        if (files.isEmpty()) {
            throw Problem.of(modelFolder.toString(), "this folder is empty; it must hold files CLASS-M.csv" + SEE);
        }
        for (String gpuClass : classes) {
            requireKnown(modelFolder, "table of class", gpuClass, List.copyOf(files.keySet()));
        }
        files.keySet().removeIf(gpuClass -> !classes.isEmpty() && !classes.contains(gpuClass));
        var tables = new ArrayList<LatencyTable>();
        var first = Optional.<Path>empty();
        for (var byShares : files.entrySet()) {
            for (var file : byShares.getValue().entrySet()) {
                int wanted =
                        tables.isEmpty() ? 0 : tables.getFirst().blockMicros().size();
                tables.add(table(file.getValue(), byShares.getKey(), file.getKey(), wanted, first));
                first = first.or(() -> Optional.of(file.getValue()));
            }
        }
        if (tables.size() > ProfileFile.MAX_TABLES) {
            throw Problem.of(
                    modelFolder.toString(),
                    "more than %d latency tables for one model; choose some by --class"
                            .formatted(ProfileFile.MAX_TABLES));
        }
        return tables;
    }

    /** @param first the file that says how many blocks there must be, if one has been read */
    private static LatencyTable table(Path file, String gpuClass, int shares, int blocks, Optional<Path> first) {
        CsvTable csv = CsvTable.read(file);
        var columns = batchColumns(csv);
        var rows = csv.numbered();
        if (rows.isEmpty()) {
            throw csv.problemAtEnd("there must be a row for at least one block");
        }
        if (first.isPresent() && rows.size() != blocks) {
            throw csv.problemAtEnd("%d blocks, but %s has %d: all tables of a model must have the same"
                    .formatted(rows.size(), name(first.get()), blocks));
        }
        List<List<Long>> micros = rows.stream()
                .map(row -> columns.values().stream()
                        .map(column -> csv.micros(row, column))
                        .toList())
                .toList();
        var provenance = new Provenance(Provenance.Kind.IMPORTED, gpuClass, "another tool", "");
        return new LatencyTable(gpuClass, shares, List.copyOf(columns.keySet()), micros, provenance);
    }

    /** Returns the position of the column of each batch size. */
    private static TreeMap<Integer, Integer> batchColumns(CsvTable csv) {
        var positions = new TreeMap<Integer, Integer>();
        if (!csv.columns().getFirst().equals(BLOCK_COLUMN) || csv.columns().size() < 2) {
            throw Problem.at(
                    csv.file(),
                    1,
                    "the first line must be like 'block,batch1,batch2,batch4', found %s"
                            .formatted(Problem.shown(String.join(",", csv.columns()))));
        }
        for (int column = 1; column < csv.columns().size(); column++) {
            Matcher name = BATCH_COLUMN.matcher(csv.columns().get(column));
            if (!name.matches() || Integer.parseInt(name.group(1)) == 0) {
                throw Problem.at(
                        csv.file(),
                        1,
                        "column %s must be called batchN, with a batch size N of at least 1"
                                .formatted(Problem.shown(csv.columns().get(column))));
            }
            if (positions.put(Integer.parseInt(name.group(1)), column) != null) {
                throw Problem.at(
                        csv.file(),
                        1,
                        "column %s is there twice"
                                .formatted(Problem.shown(csv.columns().get(column))));
            }
        }
        return positions;
    }

    private List<Cut> cuts(String model, int blocks) {
        Path file = folder.resolve(CUTS).resolve(model + ".csv");
        if (blocks == 1 && !Files.exists(file)) {
            return List.of();
        }
        if (!Files.exists(file)) {
            throw Problem.of(file.toString(), "there is no such file; it must tell the bytes at every cut" + SEE);
        }
        CsvTable csv = CsvTable.read(file);
        csv.requireColumns(CUT_COLUMNS);
        List<CsvTable.Row> rows = csv.numbered();
        if (rows.size() != blocks - 1) {
            throw csv.problemAtEnd("%d cuts, but %d blocks have %d between them: a row for each block but the last"
                    .formatted(rows.size(), blocks, blocks - 1));
        }
        return rows.stream()
                .map(row -> new Cut(List.of(), csv.whole(row, 1, 0, Long.MAX_VALUE)))
                .toList();
    }

    private List<Block> blocks(String model, int blocks) {
        Path file = folder.resolve(BLOCKS).resolve(model + ".csv");
        if (!Files.exists(file)) {
            return IntStream.range(0, blocks)
                    .mapToObj(b -> new Block("block " + b, "block " + b, 1, 0, 0))
                    .toList();
        }
        CsvTable csv = CsvTable.read(file);
        csv.requireColumns(BLOCK_COLUMNS);
        List<CsvTable.Row> rows = csv.numbered();
        if (rows.size() != blocks) {
            throw csv.problemAtEnd("%d blocks, but the latency tables have %d".formatted(rows.size(), blocks));
        }
        return rows.stream()
                .map(row -> new Block(
                        csv.text(row, 1),
                        csv.text(row, 2),
                        (int) csv.whole(row, 3, 1, Integer.MAX_VALUE),
                        csv.whole(row, 4, 0, Long.MAX_VALUE),
                        csv.whole(row, 5, 0, Long.MAX_VALUE)))
                .toList();
    }
}
