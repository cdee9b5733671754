package io.ppipe.cli;

import io.ppipe.model.Utilisation;
import io.ppipe.report.Block;
import io.ppipe.report.Block.Column;
import io.ppipe.report.Block.KeyFigure;
import io.ppipe.report.HtmlReport;
import io.ppipe.report.HtmlReport.Section;
import io.ppipe.report.Provenance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * A page that compares plans, policies and arrivals by the highest load at which all models attain their SLO targets: load
 * factors as in Fig. 6 of PPipe (USENIX ATC '25), attainment over load as in Fig. 7, utilisation as in Fig. 8.
 */
public final class EvaluationPage {
    private static final String LOAD_FACTORS =
            "The highest load, as a multiple of the planned throughputs, at which every model attains its SLO target;"
                    + " where several seeds were run, the mean with its 95 % confidence interval. As in Fig. 6 of PPipe"
                    + " (USENIX ATC '25).";
    private static final String ATTAINMENTS =
            "Every load that the search has tried, and the least attainment of any model; where several seeds came to"
                    + " the same load, their mean between the lowest and the highest. As in Fig. 7.";
    private static final String UTILISATION =
            "Busy time of all GPUs of a class, in or out of the plan; parts of a GPU count as"
                    + " parts. As in Fig. 8.";

    private final List<EvaluationRow> rows;
    private final List<Double> sloTargets;

    /**
     * @param rows in the order to show them; at least one, no two of the same plan, policy and arrivals
     * @param sloTargets which the loads were searched for, as fractions
     */
    public EvaluationPage(List<EvaluationRow> rows, List<Double> sloTargets) {
        this.rows = List.copyOf(rows);
        this.sloTargets = sloTargets.stream().distinct().sorted().toList();
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("An evaluation has at least one row.");
        }
        var seen = new HashSet<List<String>>();
        for (EvaluationRow row : rows) {
            if (!seen.add(row.key())) {
                throw new IllegalArgumentException("Two rows of an evaluation have the same " + row.key());
            }
        }
    }

    /**
     * Returns the page.
     *
     * @param settings of all runs, by their names in reports; values may be maps of more
     */
    public HtmlReport page(String title, Provenance provenance, Map<String, Object> settings) {
        var charts = new EvaluationCharts(rows, sloTargets);
        var sections = new ArrayList<Section>();
        sections.add(new Section("Key figures", new Block.KeyFigures(figures())));
        sections.add(new Section("Load factors", with(LOAD_FACTORS, charts.loadFactors(), table())));
        addUnlessEmpty(sections, "Attainment over load", ATTAINMENTS, charts.attainments());
        addUnlessEmpty(sections, "Utilisation at the highest load", UTILISATION, charts.utilisation());
        sections.add(new Section("Conditions", SettingsTable.of(settings)));
        return new HtmlReport(title, provenance, sections);
    }

    private static void addUnlessEmpty(List<Section> sections, String heading, String text, List<Block> blocks) {
        if (!blocks.isEmpty()) {
            sections.add(new Section(heading, with(text, blocks)));
        }
    }

    private static List<Block> with(String text, List<Block> blocks, Block... more) {
        var all = new ArrayList<Block>();
        all.add(new Block.Paragraph(text));
        all.addAll(blocks);
        all.addAll(List.of(more));
        return all;
    }

    private List<KeyFigure> figures() {
        Comparator<EvaluationRow> byLoad =
                Comparator.comparingDouble(row -> row.loadFactor().mean());
        Comparator<EvaluationRow> byThroughput = Comparator.comparingDouble(EvaluationRow::minThroughputOverWeight);
        var figures = new ArrayList<KeyFigure>();
        figures.add(loadFactor("Highest load factor", rows.stream().max(byLoad).orElseThrow()));
        if (rows.size() > 1) {
            figures.add(
                    loadFactor("Lowest load factor", rows.stream().min(byLoad).orElseThrow()));
        }
        EvaluationRow most = rows.stream().max(byThroughput).orElseThrow();
        figures.add(new KeyFigure(
                "Most min throughput ÷ weight",
                Numbers.significant(most.minThroughputOverWeight()),
                String.join(", ", most.key())));
        figures.add(new KeyFigure("Compared", Integer.toString(rows.size()), "plans × policies × arrivals"));
        return figures;
    }

    private static KeyFigure loadFactor(String label, EvaluationRow row) {
        return new KeyFigure(label, EvaluationCharts.factor(row.loadFactor().mean()), String.join(", ", row.key()));
    }

    private Block table() {
        List<String> classes = EvaluationCharts.classes(rows);
        var columns = new ArrayList<>(List.of(
                Column.text("plan"),
                Column.text("policy"),
                Column.text("arrivals"),
                Column.number("load factor"),
                Column.number("low"),
                Column.number("high"),
                Column.number("min throughput ÷ weight")));
        classes.forEach(name -> columns.add(Column.number("busy " + name)));
        return new Block.Table(
                "", columns, rows.stream().map(row -> cells(row, classes)).toList());
    }

    private static List<String> cells(EvaluationRow row, List<String> classes) {
        var cells = new ArrayList<>(row.key());
        cells.add(EvaluationCharts.factor(row.loadFactor().mean()));
        cells.add(EvaluationCharts.factor(row.loadFactor().low()));
        cells.add(EvaluationCharts.factor(row.loadFactor().high()));
        cells.add(Numbers.significant(row.minThroughputOverWeight()));
        for (String name : classes) {
            cells.add(row.utilisation().stream()
                    .filter(of -> of.gpuClass().equals(name))
                    .mapToDouble(Utilisation::ofClass)
                    .mapToObj(Numbers::percent)
                    .findFirst()
                    .orElse(""));
        }
        return cells;
    }
}
