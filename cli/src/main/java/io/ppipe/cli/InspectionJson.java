package io.ppipe.cli;

import io.ppipe.cli.InspectedModel.BlockCost;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.TensorSpec;
import io.ppipe.profile.Layer;
import io.ppipe.profile.LayerCost;
import io.ppipe.profile.NoCut;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The report of {@code ppipe model inspect}. */
final class InspectionJson {
    private InspectionJson() {}

    static Map<String, Object> of(InspectedModel model) {
        var root = new LinkedHashMap<String, Object>();
        root.put("kind", "inspection");
        root.put("model", model.graph().file().toString());
        root.put("model_sha256", model.graph().sha256());
        root.put("producer", model.graph().producer());
        root.put("operator_sets", model.graph().operatorSets());
        root.put("any_batch", model.graph().dynamicBatch());
        root.put("batch", model.batch());
        root.put("note", model.note());
        root.put("flops", model.flops());
        root.put("parameter_bytes", model.graph().parameterBytes());
        root.put("activation_bytes", model.aliveBytes());
        root.put(
                "inputs",
                model.graph().inputs().stream().map(InspectionJson::tensor).toList());
        root.put(
                "outputs",
                model.graph().outputs().stream().map(InspectionJson::tensor).toList());
        root.put("blocks", blocks(model));
        root.put("layers", layers(model));
        root.put("cut_points", cutPoints(model));
        root.put(
                "no_cuts",
                model.graph().noCuts().stream().map(InspectionJson::noCut).toList());
        return root;
    }

    private static Map<String, Object> tensor(TensorSpec tensor) {
        var row = new LinkedHashMap<String, Object>();
        row.put("name", tensor.name());
        row.put("type", tensor.type().name());
        row.put("shape", tensor.shape());
        return row;
    }

    private static List<Object> blocks(InspectedModel model) {
        var rows = new ArrayList<Object>();
        List<BlockCost> blocks = model.blocks();
        for (int b = 0; b < blocks.size(); b++) {
            BlockCost block = blocks.get(b);
            var row = new LinkedHashMap<String, Object>();
            row.put("first_layer", block.layers().getFirst().name());
            row.put("last_layer", block.layers().getLast().name());
            row.put("layers", block.layers().size());
            row.put("flops", block.flops());
            row.put("moved_bytes", block.movedBytes());
            row.put("parameter_bytes", block.parameterBytes());
            row.put("activation_bytes", block.aliveBytes());
            if (b < model.cuts().size()) {
                row.put("cut_bytes_per_request", model.cuts().get(b).bytesPerRequest());
            }
            var micros = new LinkedHashMap<String, Object>();
            for (LatencyTable table : model.latenciesHere()) {
                micros.put(InspectionText.of(table), table.latencyMicros(b, b + 1, model.batch()));
            }
            if (!micros.isEmpty()) {
                row.put("latency_us", micros);
            }
            rows.add(row);
        }
        return rows;
    }

    private static List<Object> layers(InspectedModel model) {
        var rows = new ArrayList<Object>();
        for (int i = 0; i < model.costs().size(); i++) {
            Layer layer = model.graph().layers().get(i);
            LayerCost cost = model.costs().get(i);
            var row = new LinkedHashMap<String, Object>();
            row.put("name", layer.name());
            row.put("operator", layer.operator());
            row.put("kind", Words.of(cost.kind()));
            row.put("flops", cost.flops());
            row.put("read_bytes", cost.readBytes());
            row.put("written_bytes", cost.writtenBytes());
            row.put("parameter_bytes", cost.parameterBytes());
            row.put("activation_bytes", cost.aliveBytes());
            row.put("complete", cost.complete());
            rows.add(row);
        }
        return rows;
    }

    private static List<Object> cutPoints(InspectedModel model) {
        var rows = new ArrayList<Object>();
        model.graph().cutPoints(model.cut().boundary()).forEach(point -> {
            var row = new LinkedHashMap<String, Object>();
            row.put("after_layer", point.afterLayer());
            row.put("bytes_per_request", point.bytesPerRequest());
            row.put("tensors", point.tensors().stream().map(TensorSpec::name).toList());
            rows.add(row);
        });
        return rows;
    }

    private static Map<String, Object> noCut(NoCut place) {
        var row = new LinkedHashMap<String, Object>();
        row.put("after_layer", place.afterLayer());
        row.put("reason", place.reason());
        return row;
    }
}
