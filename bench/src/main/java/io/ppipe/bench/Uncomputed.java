package io.ppipe.bench;

import io.ppipe.execute.Partition;
import io.ppipe.model.Cluster;
import io.ppipe.model.Cut;
import io.ppipe.model.ElementType;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.TensorSpec;
import io.ppipe.serve.Partitions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A scenario that can be served though there is nothing but its profile: emulated GPUs that don't compute, small inputs and
 * outputs, and at every cut one tensor of as many bytes as the profile says.
 */
final class Uncomputed {
    private static final TensorSpec INPUT = new TensorSpec("input", ElementType.FP32, List.of(-1L, 16L));
    private static final TensorSpec OUTPUT = new TensorSpec("output", ElementType.FP32, List.of(-1L, 4L));
    private static final Executor NOTHING = new Executor.Emulated(1, 1, 1, 0, 0, false);

    private Uncomputed() {}

    /** Returns the scenario on GPUs that are busy for the profile's times and answer zeros. */
    static Scenario of(Scenario scenario) {
        Cluster cluster = scenario.cluster();
        var classes = new ArrayList<GpuClass>();
        for (GpuClass c : cluster.classes()) {
            classes.add(new GpuClass(
                    c.name(),
                    c.count(),
                    c.gpusPerServer(),
                    c.memoryBytes(),
                    c.shares(),
                    c.sharing(),
                    c.nicBitsPerSecond(),
                    c.price(),
                    NOTHING));
        }
        var models = new ArrayList<ScenarioModel>();
        for (ScenarioModel model : scenario.models()) {
            models.add(new ScenarioModel(model.name(), model.slo(), model.demand(), withTensors(model.profile())));
        }
        return new Scenario(
                new Cluster(cluster.name(), classes, cluster.timeScale()), models, scenario.profileFingerprint());
    }

    private static ModelProfile withTensors(ModelProfile profile) {
        var cuts = new ArrayList<Cut>();
        for (int i = 0; i < profile.cuts().size(); i++) {
            long bytes = profile.cuts().get(i).bytesPerRequest();
            cuts.add(new Cut(
                    List.of(new TensorSpec("cut" + i, ElementType.UINT8, List.of(-1L, Math.max(1, bytes)))), bytes));
        }
        return new ModelProfile(
                profile.model(),
                profile.modelSha256(),
                profile.boundary(),
                List.of(INPUT),
                List.of(OUTPUT),
                profile.blocks(),
                cuts,
                profile.latencies(),
                profile.note());
    }

    /** Returns the stages of such a scenario; there are no files behind them. */
    static Partitions partitions(Scenario uncomputed) {
        return (model, first, end) -> {
            ModelProfile profile = uncomputed.models().get(model).profile();
            return new Partition(
                    profile.model(),
                    first,
                    end,
                    Path.of(""),
                    first == 0
                            ? profile.inputs()
                            : profile.cuts().get(first - 1).tensors(),
                    end == profile.blockCount()
                            ? profile.outputs()
                            : profile.cuts().get(end - 1).tensors());
        };
    }
}
