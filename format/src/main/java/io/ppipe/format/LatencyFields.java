package io.ppipe.format;

import io.ppipe.model.ErrorBand;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.Provenance;
import java.util.List;
import java.util.Optional;

/** Latency tables, with where they come from, as profiles write them. */
final class LatencyFields {
    static final Shape SHAPE = Shape.of(
            "a latency table",
            "gpu_class",
            "shares_per_gpu",
            "provenance",
            "batch_sizes",
            "block_latencies_us",
            "run_latencies");
    static final Shape RUN = Shape.of("a measured run of blocks", "first_block", "end_block", "latencies_us");
    static final Shape PROVENANCE =
            Shape.of("a provenance", "kind", "device", "runtime", "date", "conditions", "error_band");
    static final Shape BAND = Shape.of("an error band", "low", "high");

    private LatencyFields() {}

    static LatencyTable read(Fields fields) {
        return fields.build(() -> new LatencyTable(
                fields.text("gpu_class"),
                fields.whole("shares_per_gpu"),
                fields.wholes("batch_sizes"),
                fields.wholeLongRows("block_latencies_us"),
                provenance(fields.object("provenance", PROVENANCE)),
                fields.has("run_latencies") ? fields.objects("run_latencies", RUN, LatencyFields::run) : List.of()));
    }

    private static LatencyTable.Run run(Fields fields) {
        return fields.build(() -> new LatencyTable.Run(
                fields.whole("first_block"), fields.whole("end_block"), fields.wholeLongs("latencies_us")));
    }

    private static Provenance provenance(Fields fields) {
        return fields.build(() -> new Provenance(
                fields.choice("kind", Words.KINDS),
                fields.text("device"),
                fields.text("runtime"),
                fields.optionalText("date").orElse(""),
                fields.optionalText("conditions").orElse(""),
                fields.has("error_band") ? Optional.of(band(fields.object("error_band", BAND))) : Optional.empty()));
    }

    private static ErrorBand band(Fields fields) {
        return fields.build(() -> new ErrorBand(fields.number("low"), fields.number("high")));
    }

    static NodeBuilder node(LatencyTable table) {
        NodeBuilder node = new NodeBuilder()
                .text("gpu_class", table.gpuClass())
                .whole("shares_per_gpu", table.sharesPerGpu())
                .object("provenance", node(table.provenance()))
                .wholes("batch_sizes", table.batchSizes())
                .list(
                        "block_latencies_us",
                        table.blockMicros(),
                        row -> NodeBuilder.sequence(row, NodeBuilder::wholeNode));
        return table.runs().isEmpty() ? node : node.objects("run_latencies", table.runs(), LatencyFields::node);
    }

    private static NodeBuilder node(LatencyTable.Run run) {
        return new NodeBuilder()
                .whole("first_block", run.firstBlock())
                .whole("end_block", run.endBlock())
                .wholes("latencies_us", run.micros());
    }

    private static NodeBuilder node(Provenance provenance) {
        NodeBuilder node = new NodeBuilder()
                .text("kind", Words.of(Words.KINDS, provenance.kind()))
                .text("device", provenance.device())
                .text("runtime", provenance.runtime())
                .text("date", provenance.date());
        if (!provenance.conditions().isEmpty()) {
            node.text("conditions", provenance.conditions());
        }
        provenance
                .band()
                .ifPresent(band -> node.object(
                        "error_band",
                        new NodeBuilder().number("low", band.low()).number("high", band.high())));
        return node;
    }
}
