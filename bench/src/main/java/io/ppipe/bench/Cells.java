package io.ppipe.bench;

import io.ppipe.cli.ConsoleProgress;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The rows of a long benchmark, each computed for itself. With a file, rows are kept in it as they come, and those that it
 * has from an earlier run aren't computed again.
 */
final class Cells {
    private static final String KEY = "cell";

    private final String benchmark;
    private final String settings;
    private final BenchReport report;
    private final List<Map<String, @Nullable Object>> known = new ArrayList<>();
    private final Map<String, Callable<List<Map<String, @Nullable Object>>>> wanted = new LinkedHashMap<>();

    /**
     * @param settings what all rows depend on; a file with others is refused
     * @param file where rows are kept; null = nowhere
     * @param restart whether to forget what the file has
     */
    Cells(String benchmark, String settings, @Nullable Path file, boolean restart) {
        this.benchmark = benchmark;
        this.settings = settings;
        if (file != null && !restart && Files.exists(file)) {
            read(file);
        }
        this.report = new BenchReport(benchmark, file).with("settings", settings);
        report.known(known);
        if (known.isEmpty()) {
            report.begun();
        }
    }

    private void read(Path from) {
        Map<String, @Nullable Object> root;
        try {
            root = new JsonMapper().readValue(from.toFile(), new TypeReference<Map<String, @Nullable Object>>() {});
        } catch (JacksonException e) {
            throw new BadInputException("%s: it is no report of an earlier run (%s). Give another file, or --restart."
                    .formatted(from, e.getOriginalMessage()));
        }
        if (!Objects.equals(root.get("kind"), "bench-" + benchmark)
                || !Objects.equals(root.get("settings"), settings)) {
            throw new BadInputException(
                    "%s: it is of '%s' with settings '%s', and this run is 'bench-%s' with settings '%s'. Give another file, or --restart to begin anew."
                            .formatted(from, root.get("kind"), root.get("settings"), benchmark, settings));
        }
        if (root.get("rows") instanceof List<?> rows) {
            for (Object row : rows) {
                if (row instanceof Map<?, ?> fields && fields.get(KEY) instanceof String) {
                    var copy = new LinkedHashMap<String, @Nullable Object>();
                    fields.forEach((name, value) -> copy.put(String.valueOf(name), value));
                    known.add(copy);
                }
            }
        }
    }

    /**
     * Wants a row.
     *
     * @param key names it in the file
     */
    void add(String key, Callable<Map<String, @Nullable Object>> row) {
        addAll(key, () -> List.of(row.call()));
    }

    /** Wants rows that are computed together. */
    void addAll(String key, Callable<List<Map<String, @Nullable Object>>> rows) {
        wanted.put(key, rows);
    }

    /**
     * Computes what isn't known, and returns all rows in the order in which they were wanted.
     *
     * @param threads computing at the same time
     */
    List<Map<String, @Nullable Object>> run(String what, int threads) throws InterruptedException {
        Map<String, List<Map<String, @Nullable Object>>> rows = new LinkedHashMap<>();
        rows.putAll(by(known, row -> String.valueOf(row.get(KEY))));
        var missing = wanted.entrySet().stream()
                .filter(cell -> !rows.containsKey(cell.getKey()))
                .toList();
        try (var console = new ConsoleProgress();
                var executor = Executors.newFixedThreadPool(threads)) {
            Progress progress = console;
            var futures = new ArrayList<Future<?>>();
            int[] done = {0};
            for (var cell : missing) {
                futures.add(executor.submit(() -> {
                    List<Map<String, @Nullable Object>> computed =
                            named(cell.getKey(), cell.getValue().call());
                    synchronized (rows) {
                        rows.put(cell.getKey(), computed);
                        report.rows(computed);
                        progress.report(what, ++done[0], missing.size());
                    }
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                finish(future, executor::shutdownNow);
            }
        }
        var ordered = new ArrayList<Map<String, @Nullable Object>>();
        wanted.keySet().forEach(key -> ordered.addAll(rows.getOrDefault(key, List.of())));
        return ordered;
    }

    /** Says in the file that all rows are there. */
    void complete() {
        report.complete();
    }

    private static List<Map<String, @Nullable Object>> named(String key, List<Map<String, @Nullable Object>> rows) {
        var named = new ArrayList<Map<String, @Nullable Object>>();
        for (Map<String, @Nullable Object> row : rows) {
            var fields = new LinkedHashMap<String, @Nullable Object>();
            fields.put(KEY, key);
            fields.putAll(row);
            named.add(fields);
        }
        return named;
    }

    private static void finish(Future<?> future, Runnable giveUp) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            giveUp.run();
            switch (Objects.requireNonNull(e.getCause())) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new AssertionError(e);
            }
        }
    }

    /** Returns a number of a row, as it was computed or as the file has it. */
    static double number(Map<String, @Nullable Object> row, String name) {
        return row.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** Groups rows by a text of theirs. */
    static Map<String, List<Map<String, @Nullable Object>>> by(
            List<Map<String, @Nullable Object>> rows, Function<Map<String, @Nullable Object>, String> text) {
        var groups = new LinkedHashMap<String, List<Map<String, @Nullable Object>>>();
        rows.forEach(row ->
                groups.computeIfAbsent(text.apply(row), _ -> new ArrayList<>()).add(row));
        return groups;
    }
}
