package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import io.ppipe.schedule.PolicyName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The published plans themselves, where they are beside the checkout. */
class PublishedPlansTest {
    /** A published throughput may lie so much below what its pools deliver, where it doesn't bind the objective. */
    private static final double LEAST_OF_DELIVERED = 0.89;

    private static final double ROUNDING = 1e-3;

    private final Path folder =
            Path.of(System.getProperty("ppipe.root", "..")).toAbsolutePath().resolveSibling("shared/reference");

    @BeforeEach
    void needsTheReferenceData() {
        Assumptions.assumeTrue(
                Files.exists(folder.resolve("plans")),
                "skipped: ../shared/reference with the published plans is not here");
    }

    private List<PlanTask> instances(String pattern) {
        return new ReferenceFolder(folder).instances(Pattern.compile(pattern));
    }

    @Test
    void everyPlanFitsItsClusterAndDeliversWhatItSays() {
        int plans = 0;
        for (PlanTask task : instances("")) {
            for (String algorithm : List.of("ppipe", "np", "dart-r")) {
                Optional<Plan> plan = PublishedPlan.read(folder, task, algorithm);
                if (plan.isPresent()) {
                    plans++;
                    String name = task.name() + " " + algorithm;
                    assertThatItFits(task, plan.get(), name);
                    assertThatItDelivers(task, plan.get(), name);
                }
            }
        }
        assertThat(plans).isGreaterThan(50);
    }

    private static void assertThatItFits(PlanTask task, Plan plan, String name) {
        Map<String, Double> shares = new TreeMap<>();
        for (Vgpu vgpu : plan.vgpus()) {
            GpuClass gpuClass =
                    task.scenario().cluster().gpuClass(vgpu.gpuClass()).orElseThrow();
            assertThat(vgpu.gpu()).as(name).isBetween(0, gpuClass.count() - 1);
            shares.merge(vgpu.gpuClass() + vgpu.gpu(), 1.0 / vgpu.sharesPerGpu(), Double::sum);
        }
        assertThat(shares.values()).as(name).allMatch(sum -> sum < 1 + 1e-9);
    }

    private static void assertThatItDelivers(PlanTask task, Plan plan, String name) {
        for (int i = 0; i < plan.models().size(); i++) {
            ModelPlan model = plan.models().get(i);
            double delivered = 0;
            for (Pipeline pipeline : model.pipelines()) {
                delivered += delivered(task, task.scenario().models().get(i).profile(), pipeline);
            }
            assertThat(model.throughputPerSecond())
                    .as(name + " " + model.model())
                    .isBetween(LEAST_OF_DELIVERED * delivered, (1 + ROUNDING) * delivered);
        }
    }

    /** By the rules of the folder's README: a vGPU waits for its batch, or for its part of the network, whichever is slower. */
    private static double delivered(PlanTask task, ModelProfile profile, Pipeline pipeline) {
        double least = Double.POSITIVE_INFINITY;
        double intoMicros = 1;
        for (Stage stage : pipeline.stages()) {
            GpuClass gpuClass =
                    task.scenario().cluster().gpuClass(stage.gpuClass()).orElseThrow();
            boolean last = stage.endBlock() == profile.blockCount();
            double bytes = last ? 0 : profile.cuts().get(stage.endBlock() - 1).bytesPerRequest();
            double outMicros = last ? 1 : bytes * 8 / gpuClass.nicBitsPerSecond() * 1e6;
            double ofServer = stage.sharesPerGpu() * gpuClass.gpusPerServer() * Math.max(intoMicros, outMicros);
            double perSecond = Math.min(pipeline.batchSize() * 1e6 / stage.latencyMicros(), 1e6 / ofServer);
            least = Math.min(least, stage.vgpuCount() * perSecond);
            intoMicros = outMicros;
        }
        return least;
    }

    @Test
    void thePublishedSearchFindsWhatThePublishedSimulatorAttained() {
        var attained = new Attained(folder);
        var ours = new ArrayList<Double>();
        var theirs = new ArrayList<Double>();
        for (PlanTask task : instances("maf19-g0-(L4-P4|V100-T4)$")) {
            Plan plan = PublishedPlan.read(folder, task, "ppipe").orElseThrow();
            double[] planned = PublishedSearch.planned(task, plan, attained);
            ours.addAll(EvaluateTables.numbers(
                    new PublishedSearch(task, plan, PolicyName.PUBLISHED, planned).row(), "load_factor_in_steps"));
            for (ModelPlan model : plan.models()) {
                theirs.add(
                        attained.loadFactor(task.name(), "ppipe", model.model()).orElseThrow());
            }
        }
        assertThat(ours).hasSize(6);
        assertThat(EvaluateTables.mean(ours))
                .as("%s, there %s", ours, theirs)
                .isCloseTo(EvaluateTables.mean(theirs), within(0.02));
    }
}
