package io.ppipe.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/** The templates that a search chooses among, with what each wastes at least; three orders of usefulness. */
final class Candidates {
    private final Prices prices;
    private final List<List<Template>> usefulFirst = new ArrayList<>();
    private final List<List<Template>> cheapestFirst = new ArrayList<>();
    private final IdentityHashMap<Template, Double> leastWaste = new IdentityHashMap<>();
    private boolean complete = true;

    /** @param wanted what each model would carry at the bound, in requests/s */
    Candidates(PlanProblem problem, Prices prices, double[] wanted) {
        this.prices = prices;
        var waste = new Waste(prices);
        for (int k = 0; k < problem.modelCount(); k++) {
            TemplateSpace.Enumeration found =
                    problem.spaces().get(k).enumerate(prices.perGpu(), prices.perRequest()[k]);
            complete &= found.complete();
            List<Template> templates = Dominance.undominated(found.templates());
            var relative = new IdentityHashMap<Template, Double>();
            for (Template template : templates) {
                leastWaste.put(template, waste.least(template));
                relative.put(template, waste.relative(template, wanted[k]));
            }
            usefulFirst.add(sorted(templates, Comparator.comparingDouble(relative::get)));
            cheapestFirst.add(sorted(templates, Comparator.comparingDouble(t -> t.costPerRequest(prices.perGpu()))));
        }
    }

    private static List<Template> sorted(List<Template> templates, Comparator<Template> order) {
        var sorted = new ArrayList<>(templates);
        sorted.sort(order);
        return List.copyOf(sorted);
    }

    /** Returns whether there are no feasible templates but these and those that these dominate. */
    boolean complete() {
        return complete;
    }

    int count() {
        return leastWaste.size();
    }

    List<Template> ofModel(int model) {
        return usefulFirst.get(model);
    }

    /** Returns those that waste least when they alone serve the model with whole GPUs. */
    List<Template> useful(int model, int most) {
        List<Template> all = usefulFirst.get(model);
        return all.subList(0, Math.min(most, all.size()));
    }

    /** Returns those that the LP would use: they waste next to nothing in the long run. */
    List<Template> cheapest(int model, int most, double tolerance) {
        double limit = prices.perRequest()[model] * (1 + tolerance);
        return cheapestFirst.get(model).stream()
                .limit(most)
                .takeWhile(t -> t.costPerRequest(prices.perGpu()) <= limit)
                .toList();
    }

    /** Returns those that can be in a plan that wastes at most so much, least waste first. */
    List<Template> allowed(int model, double waste) {
        return usefulFirst.get(model).stream()
                .filter(t -> leastWaste(t) <= waste)
                .sorted(Comparator.comparingDouble(this::leastWaste))
                .toList();
    }

    double leastWaste(Template template) {
        return Objects.requireNonNull(leastWaste.get(template));
    }
}
