package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import java.util.List;
import java.util.Locale;

/** Says why a model has no pipeline that meets its SLO, and what would help. */
final class Infeasibility {
    private Infeasibility() {}

    static String of(Scenario scenario, int maxStages, ModelRules rules, int k) {
        ScenarioModel model = scenario.models().get(k);
        double fastest = fastestMicros(scenario, maxStages, k);
        double slo = model.slo().latencyMicros();
        double left = slo * (1 - rules.margin());
        String way;
        if (fastest > slo) {
            way = "No margin helps: raise the SLO, or add a faster GPU class.";
        } else if (fastest > left) {
            way = "Maybe a smaller margin than %.0f %%.".formatted(100 * rules.margin());
        } else {
            way = "It does not fit into the memory of GPUs that are fast enough: maybe more stages.";
        }
        return String.format(
                Locale.ROOT,
                "Model %s has no feasible pipeline: its SLO is %.3f ms, of which %.3f ms are left after a margin of"
                        + " %.0f %%, and the fastest possible with at most %d stage(s) is %.3f ms. %s",
                model.name(),
                slo / 1000,
                left / 1000,
                100 * rules.margin(),
                maxStages,
                fastest / 1000,
                way);
    }

    /** Returns the shortest time from end to end at batch size 1, whatever the SLO, in microseconds. */
    private static double fastestMicros(Scenario scenario, int maxStages, int model) {
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
