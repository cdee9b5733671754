package io.ppipe.cli;

import io.ppipe.cli.InspectedModel.BlockCost;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.Provenance;
import io.ppipe.model.TensorSpec;
import io.ppipe.profile.Layer;
import io.ppipe.profile.LayerCost;
import io.ppipe.profile.NoCut;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What {@code ppipe model inspect} prints. */
final class InspectionText {
    private static final int NAME_WIDTH = 44;

    private final InspectedModel model;
    private final StringBuilder out = new StringBuilder();

    private InspectionText(InspectedModel model) {
        this.model = model;
    }

    /** @param top how many layers to show */
    static String of(InspectedModel model, int top) {
        var text = new InspectionText(model);
        text.head();
        text.tensors();
        text.blocks();
        if (top > 0) {
            text.layers(top);
        }
        text.notes();
        return text.out.toString();
    }

    private void head() {
        line(model.graph().file().toString());
        line("  "
                + model.facts().stream()
                        .map(fact -> fact.get(0) + " " + fact.get(1))
                        .collect(Collectors.joining("; ")));
    }

    private void tensors() {
        var table = new TextTable("", "name", "type", "shape", ">bytes/request");
        model.graph().inputs().forEach(input -> tensor("input", input, table));
        model.graph().outputs().forEach(output -> tensor("output", output, table));
        table(table);
    }

    private static void tensor(String role, TensorSpec tensor, TextTable table) {
        table.row(
                role,
                Sizes.printable(tensor.name()),
                tensor.type().name(),
                Sizes.shape(tensor),
                Long.toString(tensor.bytesPerRequest()));
    }

    private void blocks() {
        var headings = new ArrayList<>(List.of(
                ">block", "layers", ">count", ">operations", ">moved", ">parameters", ">activations", ">at cut"));
        List<LatencyTable> tables = model.latenciesHere();
        tables.forEach(table -> headings.add(">us on " + of(table)));
        var text = new TextTable(headings.toArray(String[]::new));
        List<BlockCost> blocks = model.blocks();
        for (int b = 0; b < blocks.size(); b++) {
            BlockCost block = blocks.get(b);
            var row = new ArrayList<>(List.of(
                    Integer.toString(b),
                    Labels.layers(
                            shortened(block.layers().getFirst().name()),
                            shortened(block.layers().getLast().name())),
                    Integer.toString(block.layers().size()),
                    Sizes.operations(block.flops()),
                    Sizes.bytes(block.movedBytes()),
                    Sizes.bytes(block.parameterBytes()),
                    Sizes.bytes(block.aliveBytes()),
                    b < model.cuts().size()
                            ? Sizes.bytes(model.batch() * model.cuts().get(b).bytesPerRequest())
                            : "-"));
            for (LatencyTable table : tables) {
                row.add(Long.toString(table.latencyMicros(b, b + 1, model.batch())));
            }
            text.row(row.toArray(String[]::new));
        }
        table(text);
    }

    static String of(LatencyTable table) {
        String share = table.sharesPerGpu() == 1 ? "" : " 1/" + table.sharesPerGpu();
        String emulated = table.provenance().kind() == Provenance.Kind.EMULATED ? " (emulated)" : "";
        return table.gpuClass() + share + emulated;
    }

    private void layers(int top) {
        var table = new TextTable(
                "layer of most operations", "operator", "kind", ">operations", ">moved", ">parameters", ">activations");
        IntStream.range(0, model.costs().size())
                .boxed()
                .sorted(Comparator.comparingLong(
                        layer -> -model.costs().get(layer).flops()))
                .limit(top)
                .forEach(index -> {
                    Layer layer = model.graph().layers().get(index);
                    LayerCost cost = model.costs().get(index);
                    table.row(
                            shortened(layer.name()),
                            Sizes.printable(layer.operator()),
                            Words.of(cost.kind()),
                            Sizes.operations(cost.flops()),
                            Sizes.bytes(InspectedModel.movedBytes(cost)),
                            Sizes.bytes(cost.parameterBytes()),
                            Sizes.bytes(cost.aliveBytes()));
                });
        table(table);
    }

    private void notes() {
        if (!model.note().isEmpty()) {
            line(Sizes.printable(model.note()));
        }
        List<NoCut> obstacles = model.graph().noCuts();
        if (!obstacles.isEmpty()) {
            NoCut first = obstacles.getFirst();
            line(Sizes.printable("No cut at %d places, the first after layer %s: %s."
                    .formatted(
                            obstacles.size(),
                            model.graph().layers().get(first.afterLayer()).name(),
                            first.reason())));
        }
        if (model.incomplete() > 0) {
            line(
                    "%d layers cost more than is said: they hold graphs of their own, or shapes that aren't known before running."
                            .formatted(model.incomplete()));
        }
    }

    private static String shortened(String name) {
        String printable = Sizes.printable(name);
        return printable.length() <= NAME_WIDTH
                ? printable
                : "…" + printable.substring(printable.length() - NAME_WIDTH + 1);
    }

    private void table(TextTable table) {
        out.append(System.lineSeparator()).append(table).append(System.lineSeparator());
    }

    private void line(String text) {
        out.append(text).append(System.lineSeparator());
    }
}
