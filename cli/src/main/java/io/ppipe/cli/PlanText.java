package io.ppipe.cli;

import io.ppipe.model.Certificate;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.io.PrintWriter;
import java.util.List;

/** A plan as people read it: pipelines, stages, pools, and what is proven. */
final class PlanText {
    private PlanText() {}

    static void print(PrintWriter out, Scenario scenario, Plan plan) {
        out.printf(
                "Plan by %s for cluster %s: at most %d stage(s).%n",
                plan.algorithm(), plan.clusterName(), plan.rules().maxStages());
        for (int i = 0; i < plan.models().size(); i++) {
            ModelPlan model = plan.models().get(i);
            out.printf(
                    "%n%s: %s requests/s within %s ms, margin %s%s%n",
                    model.model(),
                    Numbers.rate(model.throughputPerSecond()),
                    Numbers.millis(model.sloMicros()),
                    Numbers.percent(model.rules().margin()),
                    model.note().isEmpty() ? "" : " (" + model.note() + ")");
            out.print(pipelines(scenario, plan, i));
        }
        out.println();
        for (GpuClass gpuClass : scenario.cluster().classes()) {
            long used = plan.vgpus().stream()
                    .filter(v -> v.gpuClass().equals(gpuClass.name()))
                    .mapToInt(Vgpu::gpu)
                    .distinct()
                    .count();
            out.printf("GPUs of %s: %d of %d used.%n", Labels.gpuClass(gpuClass), used, gpuClass.count());
        }
        certificate(out, plan.certificate());
        if (scenario.cluster().emulated()) {
            out.println(Labels.emulation(scenario.cluster()));
        }
    }

    private static TextTable pipelines(Scenario scenario, Plan plan, int model) {
        ModelProfile profile = scenario.models().get(model).profile();
        var table = new TextTable(
                "pipeline",
                ">requests/s",
                ">batch",
                "stage",
                "blocks",
                "pool",
                ">ms",
                ">transfer ms behind",
                ">KiB/request");
        List<Pipeline> pipelines = plan.models().get(model).pipelines();
        for (int p = 0; p < pipelines.size(); p++) {
            Pipeline pipeline = pipelines.get(p);
            for (int s = 0; s < pipeline.stages().size(); s++) {
                Stage stage = pipeline.stages().get(s);
                GpuClass gpuClass =
                        scenario.cluster().gpuClass(stage.gpuClass()).orElseThrow();
                boolean last = s == pipeline.stages().size() - 1;
                String transfer = "-";
                String bytes = "-";
                if (!last) {
                    long perRequest = profile.cuts().get(stage.endBlock() - 1).bytesPerRequest();
                    double nic = Math.min(
                            gpuClass.nicBitsPerSecond(),
                            scenario.cluster()
                                    .gpuClass(pipeline.stages().get(s + 1).gpuClass())
                                    .orElseThrow()
                                    .nicBitsPerSecond());
                    transfer = Numbers.millis(perRequest * 8e6 * pipeline.batchSize() / nic);
                    bytes = "%.1f".formatted(perRequest / 1024.0);
                }
                table.row(
                        s == 0 ? Integer.toString(p) : "",
                        s == 0 ? Numbers.rate(pipeline.throughputPerSecond()) : "",
                        s == 0 ? Integer.toString(pipeline.batchSize()) : "",
                        Integer.toString(s),
                        stage.endBlock() - stage.firstBlock() == profile.blockCount()
                                ? "whole model"
                                : "%d..%d".formatted(stage.firstBlock(), stage.endBlock() - 1),
                        "%d × %s%s"
                                .formatted(
                                        stage.vgpuCount(),
                                        stage.sharesPerGpu() == 1 ? "" : "1/" + stage.sharesPerGpu() + " ",
                                        Labels.gpuClass(gpuClass)),
                        Numbers.millis(stage.latencyMicros()),
                        transfer,
                        bytes);
            }
        }
        return table;
    }

    private static void certificate(PrintWriter out, Certificate certificate) {
        out.printf(
                "Objective %.4g/s (throughput ÷ weight of the worst-served model), proven at most %.4g/s: gap %.3f %%."
                        + " %s%s%n",
                certificate.objective(),
                certificate.bound(),
                100 * certificate.gap(),
                certificate.solver(),
                switch (certificate.ended()) {
                    case GAP -> "";
                    case EXHAUSTED -> ", all was tried";
                    case TIME_LIMIT -> ", stopped by the time limit";
                    case INTERRUPT -> ", interrupted";
                });
        certificate.binding().forEach(line -> out.println("Binding: " + line));
    }
}
