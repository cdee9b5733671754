package io.ppipe.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/*
 * Which templates can be left out without losing the optimum, whatever the integers do.
 *
 * Let a and b be templates of one model with the same class at every stage, where stage i of b runs on 1/m of a GPU and
 * stage i of a on 1/(q·m) for a whole q ≥ 1 (q = 1: the same share), and let q vGPUs of a be at least as fast as one of b:
 * q · r_a ≥ r_b at every stage (q may differ from stage to stage). Then a replaces b. For take any plan in which b carries
 * x requests/s on v vGPUs at stage i, and a carries y on u. Give a's stage i the GPUs of both: u + q·v vGPUs of 1/(q·m).
 * They carry (u + q·v) · r_a ≥ y + x, at every stage. So a alone carries what both did, and
 *
 * - with mixed sizes on a GPU (MPS) it takes the same number of GPUs: v · 1/m = q·v · 1/(q·m);
 * - with one size per GPU (MIG) it takes no more, since ⌈v ÷ m⌉ + ⌈u ÷ (q·m)⌉ ≥ ⌈(q·v + u) ÷ (q·m)⌉;
 * - both stand at the same stage index of the same model, so whole GPUs are counted in the same group.
 *
 * Nothing is rounded on the way, so the argument holds for integer pools and not only for the LP. That a is itself feasible
 * (latency, memory of a 1/(q·m) share, NIC) is given: it is a template. Under N+1, a lost server takes the same GPUs, so
 * the same argument holds for what survives.
 */
final class Dominance {
    private Dominance() {}

    /** Returns the templates that no other one replaces, in their order. */
    static List<Template> undominated(List<Template> templates) {
        var byClasses = new LinkedHashMap<List<Integer>, List<Template>>();
        for (Template template : templates) {
            var classes = new ArrayList<Integer>();
            classes.add(template.model());
            for (Template.StageChoice stage : template.stages()) {
                classes.add(stage.classIndex());
            }
            List<Template> rivals = byClasses.computeIfAbsent(classes, c -> new ArrayList<>());
            if (rivals.stream().noneMatch(rival -> replaces(rival, template))) {
                rivals.removeIf(rival -> replaces(template, rival));
                rivals.add(template);
            }
        }
        return byClasses.values().stream().flatMap(List::stream).toList();
    }

    /** Returns whether {@code a} replaces {@code b}, which has the same classes. */
    private static boolean replaces(Template a, Template b) {
        for (int i = 0; i < a.stageCount(); i++) {
            int sharesA = a.stages()[i].shares();
            int sharesB = b.stages()[i].shares();
            if (sharesA % sharesB != 0) {
                return false;
            }
            // Exact, so that no chain of replacements by almost-equals can lose anything.
            int vgpus = sharesA / sharesB;
            if (vgpus * a.ratesPerSecond()[i] < b.ratesPerSecond()[i]) {
                return false;
            }
        }
        return true;
    }
}
