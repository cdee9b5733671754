package io.ppipe.plan;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Cut;
import io.ppipe.model.Demand;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Price;
import io.ppipe.model.Provenance;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Sharing;
import io.ppipe.model.Slo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A scenario made by hand, whose parts a test says one by one. What it doesn't say: one GPU per server, whole GPUs, NICs of
 * 10 Gbit/s, 1000 bytes of boundary tensors, batch size 1 only, no prices. A share of 1/m takes m times as long. Saying
 * something again replaces it.
 */
final class SmallCase {
    private final Map<String, GpuClass> classes = new LinkedHashMap<>();
    private final Map<String, Model> models = new LinkedHashMap<>();
    private Model model = new Model(1, 1, new LinkedHashMap<>());

    /** @param latencies by class: {@code [block][batch size − 1]} */
    private record Model(long sloMicros, double demand, Map<String, List<List<Long>>> latencies) {}

    SmallCase gpus(String name, int count) {
        return gpus(name, count, 1, Sharing.MPS, Price.UNKNOWN, 1);
    }

    SmallCase gpus(String name, int count, int perServer, Sharing sharing, Price price, Integer... shares) {
        var executor = new Executor.Cpu(1);
        classes.put(
                name, new GpuClass(name, count, perServer, 1L << 40, List.of(shares), sharing, 1e10, price, executor));
        return this;
    }

    /** Begins a model, or goes on with it; latencies that follow are its. */
    SmallCase model(String name, long sloMicros, double demand) {
        Model known = models.get(name);
        model = new Model(sloMicros, demand, known == null ? new LinkedHashMap<>() : known.latencies());
        models.put(name, model);
        return this;
    }

    /** Says what the model's blocks take, one by one, at batch size 1. */
    SmallCase micros(String gpuClass, long... blocks) {
        var rows = new ArrayList<List<Long>>();
        for (long block : blocks) {
            rows.add(List.of(block));
        }
        return table(gpuClass, rows);
    }

    /** Says what the model's blocks take: {@code [block][batch size − 1]}. */
    SmallCase table(String gpuClass, List<List<Long>> rows) {
        model.latencies().put(gpuClass, rows);
        return this;
    }

    Scenario scenario() {
        var served = new ArrayList<ScenarioModel>();
        models.forEach((name, m) -> served.add(new ScenarioModel(
                name, new Slo(m.sloMicros(), 0.99), new Demand.Rate(m.demand()), profile(name, m.latencies()))));
        return new Scenario(new Cluster("small", List.copyOf(classes.values()), 1), served, "f");
    }

    private ModelProfile profile(String name, Map<String, List<List<Long>>> ofClass) {
        var tables = new ArrayList<LatencyTable>();
        ofClass.forEach((gpuClass, rows) -> {
            for (int shares : Objects.requireNonNull(classes.get(gpuClass)).shares()) {
                var batches = new ArrayList<Integer>();
                rows.getFirst().forEach(us -> batches.add(batches.size() + 1));
                List<List<Long>> scaled = rows.stream()
                        .map(row -> row.stream().map(us -> us * shares).toList())
                        .toList();
                tables.add(new LatencyTable(
                        gpuClass,
                        shares,
                        batches,
                        scaled,
                        new Provenance(Provenance.Kind.IMPORTED, "hand", "hand", "")));
            }
        });
        int blocks = tables.getFirst().blockMicros().size();
        var list = new ArrayList<Block>();
        var cuts = new ArrayList<Cut>();
        for (int b = 0; b < blocks; b++) {
            list.add(new Block("b" + b, "b" + b, 1, 0, 0));
            if (b > 0) {
                cuts.add(new Cut(List.of(), 1000));
            }
        }
        return new ModelProfile(name, "", BoundaryType.UNCHANGED, List.of(), List.of(), list, cuts, tables, "");
    }
}
