package io.ppipe.cli;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Summary;
import io.ppipe.model.Utilisation;
import io.ppipe.simulate.MissCause;
import io.ppipe.simulate.Percentiles;
import io.ppipe.simulate.SimulationReport;
import io.ppipe.simulate.SimulationReport.ModelReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/** A simulated run as people read it. */
final class SimulationText {
    private final PrintWriter out;
    private final Scenario scenario;
    private final Plan plan;
    private final SimulationReport report;

    SimulationText(PrintWriter out, Scenario scenario, Plan plan, SimulationReport report) {
        this.out = out;
        this.scenario = scenario;
        this.plan = plan;
        this.report = report;
    }

    void print() {
        out.print(models());
        out.printf("%nWhere answered requests spent their time, in ms (p50 and p99):%n%s", phases());
        misses();
        utilisation(out, scenario, report.utilisation());
    }

    private TextTable models() {
        var table = new TextTable(
                "model", ">planned/s", ">offered/s", ">goodput/s", ">attainment", ">p50 ms", ">p99 ms", ">batch");
        for (int i = 0; i < report.models().size(); i++) {
            ModelReport model = report.models().get(i);
            Summary summary = model.summary();
            table.row(
                    model.model(),
                    Numbers.rate(plan.models().get(i).throughputPerSecond()),
                    Numbers.rate(summary.offeredPerSecond()),
                    Numbers.rate(summary.goodputPerSecond()),
                    Numbers.percent(summary.sloAttainment()),
                    Numbers.millis(model.phases().total().p50()),
                    Numbers.millis(model.phases().total().p99()),
                    "%.2f".formatted(model.meanBatchSize()));
        }
        return table;
    }

    private TextTable phases() {
        var table = new TextTable(
                "model", ">batch wait", ">p99", ">queue", ">p99", ">transfer", ">p99", ">compute", ">p99");
        for (ModelReport model : report.models()) {
            SimulationReport.Phases phases = model.phases();
            var cells = new String[9];
            cells[0] = model.model();
            List<Percentiles> parts = List.of(phases.batchWait(), phases.queue(), phases.transfer(), phases.compute());
            for (int i = 0; i < parts.size(); i++) {
                cells[2 * i + 1] = Numbers.millis(parts.get(i).p50());
                cells[2 * i + 2] = Numbers.millis(parts.get(i).p99());
            }
            table.row(cells);
        }
        return table;
    }

    private void misses() {
        out.println();
        if (report.models().stream().allMatch(model -> model.misses().isEmpty())) {
            out.println("Missed: nothing; every request was answered in time.");
            return;
        }
        var table = new TextTable("missed", "because", ">requests", ">of all");
        for (ModelReport model : report.models()) {
            for (Map.Entry<MissCause, Long> miss : model.misses().entrySet()) {
                table.row(
                        model.model(),
                        because(miss.getKey()),
                        Long.toString(miss.getValue()),
                        Numbers.percent(
                                (double) miss.getValue() / model.summary().arrived()));
            }
        }
        out.print(table);
    }

    private static String because(MissCause cause) {
        return switch (cause) {
            case DEADLINE_UNREACHABLE -> "deadline unreachable: rejected, no pipeline could finish it in time";
            case QUEUE_FULL -> "queue full: rejected";
            case NOT_PLANNED -> "not planned: rejected, the plan has no pipeline for it";
            case EXPIRED -> "expired: stopped after it had become late";
            case LATE_COMPUTE -> "late compute: its stages took longer than the profile says";
            case LATE_TRANSFER -> "late transfer: its transfers took longer";
            case LATE_QUEUE -> "late queue: it waited for a vGPU or a link";
            case LOST -> "lost: its vGPU or server was";
        };
    }

    static void utilisation(PrintWriter out, Scenario scenario, List<Utilisation> classes) {
        out.println();
        for (Utilisation utilisation : classes) {
            out.printf(
                    "Utilisation of %s: %s of the class, %s of the GPUs that the plan uses.%n",
                    Labels.gpuClass(
                            scenario.cluster().gpuClass(utilisation.gpuClass()).orElseThrow()),
                    Numbers.percent(utilisation.ofClass()),
                    Numbers.percent(utilisation.ofPlanned()));
        }
    }
}
