package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.plan.Template.StageChoice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/*
 * Enumerates the pipelines of one model that meet its SLO (docs/ARCHITECTURE.md, "The path of a plan"; PPipe, ATC '25, §4).
 *
 * A few hundred to a few thousand are feasible, because the SLO rules most out: stages are added front to back, and a
 * beginning that already takes too long is given up.
 *
 * Dominance: of two templates with the same class and share at every stage, the one whose stages are all at least as fast
 * replaces the other, whatever the integers do. For if a plan gives the slower one x requests/s on v vGPUs per stage and
 * the faster one x' on v', then the faster one alone carries x + x' on v + v' vGPUs: x ≤ v·r and x' ≤ v'·r' and r ≤ r' at
 * every stage, and the same GPUs are used. So the optimum is not lost.
 *
 * Memory: a stage on 1/m of a GPU may need at most 1/m of its memory (weights and activations), so that any m vGPUs fit on it.
 */
final class Templates {
    private final Scenario scenario;
    private final int maxStages;
    private final boolean wholeGpusOnly;
    private final int model;
    private final ModelProfile profile;
    private final double budgetMicros;
    private final List<Template> found = new ArrayList<>();
    private final ArrayDeque<StageChoice> stages = new ArrayDeque<>();

    private Templates(Scenario scenario, int maxStages, ModelRules rules, int model, boolean wholeGpusOnly) {
        ScenarioModel served = scenario.models().get(model);
        this.scenario = scenario;
        this.maxStages = maxStages;
        this.wholeGpusOnly = wholeGpusOnly;
        this.model = model;
        this.profile = served.profile();
        this.budgetMicros = served.slo().latencyMicros() * (1 - rules.margin());
    }

    /**
     * Returns the templates that are worth considering.
     *
     * @param rules the model's rules; with an infinite rate estimate, collecting a batch takes no time
     */
    static List<Template> of(Scenario scenario, int maxStages, ModelRules rules, int model, boolean wholeGpusOnly) {
        var templates = new Templates(scenario, maxStages, rules, model, wholeGpusOnly);
        var batchSizes = new TreeSet<Integer>(Collections.reverseOrder());
        templates.profile.latencies().forEach(table -> batchSizes.addAll(table.batchSizes()));
        for (int batchSize : batchSizes) {
            templates.extend(batchSize, 0, rules.batchBuildingMicros(batchSize));
        }
        return templates.found;
    }

    private void extend(int batchSize, int firstBlock, double spentMicros) {
        boolean lastAllowed = stages.size() + 1 == maxStages;
        List<GpuClass> classes = scenario.cluster().classes();
        for (int c = 0; c < classes.size(); c++) {
            for (int shares : classes.get(c).shares()) {
                LatencyTable table =
                        profile.latencies(classes.get(c).name(), shares).orElseThrow();
                if (batchSize > table.maxBatchSize() || (wholeGpusOnly && shares > 1)) {
                    continue;
                }
                int leastEnd = lastAllowed ? profile.blockCount() : firstBlock + 1;
                for (int end = leastEnd; end <= profile.blockCount(); end++) {
                    if (profile.memoryBytes(firstBlock, end, batchSize)
                            > classes.get(c).memoryBytes() / shares) {
                        break; // a longer stage needs more memory still
                    }
                    var choice = new StageChoice(firstBlock, end, c, classes.get(c), table);
                    double spent = spentMicros + choice.latencyMicros(batchSize);
                    if (!stages.isEmpty()) {
                        spent += transferMicros(stages.getLast(), choice, batchSize);
                    }
                    if (spent > budgetMicros) {
                        break; // a longer stage takes longer still
                    }
                    stages.addLast(choice);
                    if (end == profile.blockCount()) {
                        add(batchSize);
                    } else {
                        extend(batchSize, end, spent);
                    }
                    stages.removeLast();
                }
            }
        }
    }

    private double transferMicros(StageChoice sender, StageChoice receiver, int batchSize) {
        return batchSize * bytes(sender) * 8e6 / bandwidth(sender, receiver);
    }

    private long bytes(StageChoice sender) {
        return profile.cuts().get(sender.endBlock() - 1).bytesPerRequest();
    }

    private static double bandwidth(StageChoice a, StageChoice b) {
        return Math.min(a.gpuClass().nicBitsPerSecond(), b.gpuClass().nicBitsPerSecond());
    }

    private void add(int batchSize) {
        var chosen = stages.toArray(StageChoice[]::new);
        var rates = new double[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            rates[i] = batchSize * 1e6 / chosen[i].latencyMicros(batchSize);
            if (i > 0) {
                rates[i] = Math.min(
                        rates[i], nicRate(chosen[i], bandwidth(chosen[i - 1], chosen[i]), bytes(chosen[i - 1])));
            }
            if (i + 1 < chosen.length) {
                rates[i] =
                        Math.min(rates[i], nicRate(chosen[i], bandwidth(chosen[i], chosen[i + 1]), bytes(chosen[i])));
            }
        }
        var template = new Template(model, batchSize, chosen, rates);
        for (Template other : found) {
            if (other.sameHardware(template) && other.atLeastAsFastAs(template)) {
                return;
            }
        }
        found.removeIf(other -> template.sameHardware(other) && template.atLeastAsFastAs(other));
        found.add(template);
    }

    /** Returns what a vGPU's part of its server's NIC can carry, in requests per second. */
    private static double nicRate(StageChoice stage, double bitsPerSecond, long bytesPerRequest) {
        return bitsPerSecond
                / (8.0 * bytesPerRequest * stage.shares() * stage.gpuClass().gpusPerServer());
    }

    /** Returns the shortest time from end to end at batch size 1, whatever the SLO, in microseconds. */
    static double fastestMicros(Scenario scenario, int maxStages, int model) {
        ModelProfile profile = scenario.models().get(model).profile();
        int blocks = profile.blockCount();
        List<GpuClass> classes = scenario.cluster().classes();
        // best[s][b][c]: shortest time to have run the first b blocks in s stages, the last of them on class c
        var best = new double[maxStages + 1][blocks + 1][classes.size()];
        double answer = Double.POSITIVE_INFINITY;
        for (int s = 1; s <= maxStages; s++) {
            for (int end = 1; end <= blocks; end++) {
                for (int c = 0; c < classes.size(); c++) {
                    best[s][end][c] = Double.POSITIVE_INFINITY;
                    LatencyTable table = profile.latencies(
                                    classes.get(c).name(),
                                    classes.get(c).shares().getFirst())
                            .orElseThrow();
                    for (int first = s == 1 ? 0 : 1; first < (s == 1 ? 1 : end); first++) {
                        double before = s == 1 ? 0 : arrival(classes, profile, best[s - 1][first], first, c);
                        best[s][end][c] = Math.min(best[s][end][c], before + table.latencyMicros(first, end, 1));
                    }
                }
            }
            for (double whole : best[s][blocks]) {
                answer = Math.min(answer, whole);
            }
        }
        return answer;
    }

    private static double arrival(
            List<GpuClass> classes, ModelProfile profile, double[] before, int firstBlock, int receiver) {
        double earliest = Double.POSITIVE_INFINITY;
        for (int sender = 0; sender < before.length; sender++) {
            double nic = Math.min(
                    classes.get(sender).nicBitsPerSecond(),
                    classes.get(receiver).nicBitsPerSecond());
            double transfer = profile.cuts().get(firstBlock - 1).bytesPerRequest() * 8e6 / nic;
            earliest = Math.min(earliest, before[sender] + transfer);
        }
        return earliest;
    }
}
