package io.ppipe.cli;

import io.ppipe.format.Evaluation;
import io.ppipe.format.Evaluation.Cell;
import io.ppipe.format.Evaluation.Row;
import io.ppipe.format.EvaluationFile;
import io.ppipe.model.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The finished cells of an evaluation, and the file that keeps them. Rows of cells that this run doesn't ask for stay in the
 * file. One thread uses it.
 */
final class EvaluationProgress {
    private static final String AFRESH = "Give --restart to begin afresh, or another file to --json.";

    private final Evaluation wanted;
    private final @Nullable Path file;
    private final List<Cell> order;
    private final Map<Cell, Row> rows = new LinkedHashMap<>();

    /**
     * @param wanted what this run is about, without rows
     * @param file where to keep finished cells, and to look for them; null keeps none
     * @param cells of this run, in the order in which to write them
     */
    EvaluationProgress(Evaluation wanted, @Nullable Path file, List<EvaluatedCell> cells) {
        this.wanted = wanted;
        this.file = file;
        this.order = cells.stream().map(EvaluatedCell::cell).toList();
    }

    /**
     * Takes over what the file has.
     *
     * @throws BadInputException when it is about something else
     */
    void resume(List<EvaluatedCell> cells) {
        if (file == null || !Files.exists(file)) {
            return;
        }
        Evaluation before = EvaluationFile.read(file);
        difference(before).ifPresent(difference -> {
            throw new BadInputException("%s: %s. %s".formatted(file, difference, AFRESH));
        });
        for (Row row : before.rows()) {
            for (EvaluatedCell cell : cells) {
                requireSameFiles(row, cell);
            }
            rows.put(row.cell(), row);
        }
    }

    private Optional<String> difference(Evaluation before) {
        for (Map.Entry<String, Double> now : wanted.conditions().entrySet()) {
            Double then = before.conditions().get(now.getKey());
            if (!now.getValue().equals(then)) {
                return Optional.of("%s was %s when it was begun, and is %s now"
                        .formatted(
                                now.getKey(),
                                then == null ? "not known" : Numbers.plain(then),
                                Numbers.plain(now.getValue())));
            }
        }
        if (!wanted.changes().equals(before.changes())) {
            return Optional.of(
                    "changes were %s when it was begun, and are %s now".formatted(before.changes(), wanted.changes()));
        }
        return wanted.scenarioFingerprint().equals(before.scenarioFingerprint())
                ? Optional.empty()
                : Optional.of(
                        "scenario_fingerprint differs: cluster, workload or profile are others than when it was begun");
    }

    private void requireSameFiles(Row row, EvaluatedCell cell) {
        if (row.cell().plan().equals(cell.cell().plan())
                && !row.planFingerprint().equals(cell.planFingerprint())) {
            throw new BadInputException(
                    "%s: plan_fingerprint differs: %s has another content than when it was evaluated. %s"
                            .formatted(file, cell.cell().plan(), AFRESH));
        }
        if (row.cell().arrivals().equals(cell.cell().arrivals())
                && !row.arrivalsFingerprint().equals(cell.arrivalsFingerprint())) {
            throw new BadInputException(
                    "%s: arrivals_fingerprint differs: the file of %s has another content than when it was used. %s"
                            .formatted(file, cell.cell().arrivals(), AFRESH));
        }
    }

    boolean has(Cell cell) {
        return rows.containsKey(cell);
    }

    /** Returns the finished cells of this run, in its order. */
    List<Row> finished() {
        return order.stream().filter(this::has).map(cell -> rows.get(cell)).toList();
    }

    /** Adds a finished cell, and writes the file. */
    void add(Row row) {
        rows.put(row.cell(), row);
        write();
    }

    /** Writes the file, if there is one. */
    void write() {
        if (file != null) {
            var all = new ArrayList<Row>(finished());
            rows.values().stream().filter(row -> !order.contains(row.cell())).forEach(all::add);
            EvaluationFile.write(wanted.with(all), file);
        }
    }
}
