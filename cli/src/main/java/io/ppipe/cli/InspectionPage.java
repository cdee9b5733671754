package io.ppipe.cli;

import io.ppipe.cli.InspectedModel.BlockCost;
import io.ppipe.model.LatencyTable;
import io.ppipe.profile.Layer;
import io.ppipe.profile.LayerCost;
import io.ppipe.report.BarChart;
import io.ppipe.report.Block;
import io.ppipe.report.Block.Column;
import io.ppipe.report.Block.KeyFigure;
import io.ppipe.report.HtmlReport;
import io.ppipe.report.HtmlReport.Section;
import io.ppipe.report.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The page of {@code ppipe model inspect}: figures, blocks, the graph with its cuts, every layer, what can't be cut. */
final class InspectionPage {
    private static final double MEGA = 1e6;
    private static final double MEBI = 1 << 20;
    private static final String GRAPH =
            "One line for each layer, from top to bottom; the lanes to the left are activations, from the layer that"
                + " makes them to the last that reads them. Dashed lines are the cuts between blocks, with the bytes"
                + " that one request sends across.";

    private final InspectedModel model;

    private InspectionPage(InspectedModel model) {
        this.model = model;
    }

    static HtmlReport of(InspectedModel model, Provenance provenance) {
        var page = new InspectionPage(model);
        var sections = new ArrayList<Section>();
        sections.add(new Section("Key figures", page.figures()));
        sections.add(new Section("Inputs and outputs", page.tensors()));
        sections.add(new Section("Blocks", page.blocks()));
        var graph = new ArrayList<Block>();
        graph.add(new Block.Paragraph(GRAPH));
        graph.addAll(InspectionGraph.of(model));
        sections.add(new Section("Graph", graph));
        sections.add(new Section("Layers", new Block.Details("every layer", List.of(page.layers()))));
        if (!model.graph().noCuts().isEmpty()) {
            sections.add(new Section("Where it can't be cut", page.noCuts()));
        }
        return new HtmlReport("Model " + model.graph().file().getFileName(), provenance, sections);
    }

    private List<Block> figures() {
        var blocks = new ArrayList<Block>();
        blocks.add(new Block.KeyFigures(model.facts().stream()
                .map(fact -> new KeyFigure(fact.get(0), fact.get(1)))
                .toList()));
        if (!model.note().isEmpty()) {
            blocks.add(new Block.Paragraph(model.note()));
        }
        if (model.incomplete() > 0) {
            blocks.add(new Block.Paragraph(
                    "%d layers cost more than is said: they hold graphs of their own, or shapes that aren't known before running."
                            .formatted(model.incomplete())));
        }
        return blocks;
    }

    private Block tensors() {
        var rows = new ArrayList<List<String>>();
        model.graph()
                .inputs()
                .forEach(t -> rows.add(List.of(
                        "input", t.name(), t.type().name(), Sizes.shape(t), Long.toString(t.bytesPerRequest()))));
        model.graph()
                .outputs()
                .forEach(t -> rows.add(List.of(
                        "output", t.name(), t.type().name(), Sizes.shape(t), Long.toString(t.bytesPerRequest()))));
        return new Block.Table(
                "",
                List.of(
                        Column.text("role"),
                        Column.text("name"),
                        Column.text("type"),
                        Column.text("shape"),
                        Column.number("bytes/request")),
                rows);
    }

    private List<Block> blocks() {
        List<BlockCost> costs = model.blocks();
        List<LatencyTable> tables = model.latenciesHere();
        var columns = new ArrayList<>(List.of(
                Column.number("block"),
                Column.text("layers"),
                Column.number("count"),
                Column.number("MFLOP"),
                Column.number("MiB moved"),
                Column.number("MiB parameters"),
                Column.number("MiB activations"),
                Column.number("KiB at cut, per request")));
        tables.forEach(table -> columns.add(Column.number("us on " + InspectionText.of(table))));
        var rows = new ArrayList<List<String>>();
        for (int b = 0; b < costs.size(); b++) {
            BlockCost block = costs.get(b);
            var row = new ArrayList<>(List.of(
                    Integer.toString(b),
                    Labels.layers(
                            block.layers().getFirst().name(),
                            block.layers().getLast().name()),
                    Integer.toString(block.layers().size()),
                    Numbers.significant(block.flops() / MEGA),
                    Numbers.significant(block.movedBytes() / MEBI),
                    Numbers.significant(block.parameterBytes() / MEBI),
                    Numbers.significant(block.aliveBytes() / MEBI),
                    b < model.cuts().size()
                            ? Numbers.significant(model.cuts().get(b).bytesPerRequest() / 1024.0)
                            : ""));
            for (LatencyTable table : tables) {
                row.add(Long.toString(table.latencyMicros(b, b + 1, model.batch())));
            }
            rows.add(row);
        }
        var blocks = new ArrayList<Block>();
        blocks.add(new Block.Table("at batch " + model.batch(), columns, rows));
        blocks.addAll(chart("Operations by block", "MFLOP", costs, block -> block.flops() / MEGA));
        blocks.addAll(chart("Bytes moved by block", "MiB", costs, block -> block.movedBytes() / MEBI));
        return blocks;
    }

    private static List<Block> chart(
            String title, String unit, List<BlockCost> costs, ToDoubleFunction<BlockCost> value) {
        List<String> names =
                IntStream.range(0, costs.size()).mapToObj(Integer::toString).toList();
        return new BarCharts(title, unit, "", names, List.of())
                .of(List.of(new BarChart.Series(
                        unit, costs.stream().mapToDouble(value).boxed().toList())));
    }

    private Block layers() {
        var rows = new ArrayList<List<String>>();
        for (int i = 0; i < model.costs().size(); i++) {
            Layer layer = model.graph().layers().get(i);
            LayerCost cost = model.costs().get(i);
            rows.add(List.of(
                    Integer.toString(i),
                    layer.name(),
                    layer.operator(),
                    Words.of(cost.kind()),
                    Numbers.significant(cost.flops() / MEGA),
                    Numbers.significant(cost.readBytes() / MEBI),
                    Numbers.significant(cost.writtenBytes() / MEBI),
                    Numbers.significant(cost.parameterBytes() / MEBI),
                    Numbers.significant(cost.aliveBytes() / MEBI)));
        }
        return new Block.Table(
                "at batch " + model.batch(),
                List.of(
                        Column.number("#"),
                        Column.text("layer"),
                        Column.text("operator"),
                        Column.text("kind"),
                        Column.number("MFLOP"),
                        Column.number("MiB read"),
                        Column.number("MiB written"),
                        Column.number("MiB parameters"),
                        Column.number("MiB activations")),
                rows);
    }

    private Block noCuts() {
        return new Block.Table(
                "",
                List.of(Column.text("after layer"), Column.text("reason")),
                model.graph().noCuts().stream()
                        .map(place -> List.of(
                                model.graph().layers().get(place.afterLayer()).name(), place.reason()))
                        .toList());
    }
}
