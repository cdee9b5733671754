package io.ppipe.plan;

import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Puts the vGPUs of a plan on GPUs: the GPUs of a class are filled in order, and a GPU holds vGPUs of one model, stage
 * index and share, as the MILP counts them.
 */
final class Placement {
    private Placement() {}

    /** A GPU that still has room for vGPUs of its group. */
    private static final class OpenGpu {
        private final int gpu;
        private int usedSlots;

        OpenGpu(int gpu) {
            this.gpu = gpu;
        }
    }

    static List<Vgpu> of(Scenario scenario, List<ModelPlan> models) {
        var vgpus = new ArrayList<Vgpu>();
        var usedGpus = new int[scenario.cluster().classes().size()];
        for (int m = 0; m < models.size(); m++) {
            var open = new LinkedHashMap<String, OpenGpu>();
            List<Pipeline> pipelines = models.get(m).pipelines();
            for (int p = 0; p < pipelines.size(); p++) {
                for (int s = 0; s < pipelines.get(p).stages().size(); s++) {
                    Stage stage = pipelines.get(p).stages().get(s);
                    int classIndex = scenario.cluster().classIndex(stage.gpuClass());
                    String group = "%d %s %d".formatted(s, stage.gpuClass(), stage.sharesPerGpu());
                    for (int v = 0; v < stage.vgpuCount(); v++) {
                        OpenGpu on = open.get(group);
                        if (on == null || on.usedSlots == stage.sharesPerGpu()) {
                            on = new OpenGpu(usedGpus[classIndex]++);
                            open.put(group, on);
                        }
                        vgpus.add(new Vgpu(stage.gpuClass(), on.gpu, on.usedSlots++, stage.sharesPerGpu(), m, p, s));
                    }
                }
            }
        }
        return vgpus;
    }
}
