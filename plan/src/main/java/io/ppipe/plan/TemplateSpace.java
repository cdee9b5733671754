package io.ppipe.plan;

import io.ppipe.model.ModelRules;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Stage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.Consumer;

/** All pipelines of one model that meet its SLO under the rules, at every batch size. */
final class TemplateSpace {
    /** Larger spaces are searched only for templates that cost up to {@link #WORTHWHILE} times the cheapest. */
    private static final double MAX_SIZE_TO_ENUMERATE = 5e6;

    private static final double WORTHWHILE = 1.5;

    /** Most templates of one model that are looked at: an instance of the paper has a few thousand. */
    private static final int MAX_TEMPLATES = 100_000;

    private final int classCount;
    private final List<BatchSpace> batches = new ArrayList<>();

    /**
     * The cheapest templates.
     *
     * @param complete whether there are no others
     */
    record Enumeration(List<Template> templates, boolean complete) {}

    private record Priced(Template template, double cost, int number) {}

    TemplateSpace(Scenario scenario, int model, ModelRules rules, int maxStages, boolean wholeGpusOnly) {
        ScenarioModel served = scenario.models().get(model);
        this.classCount = scenario.cluster().classes().size();
        var batchSizes = new TreeSet<Integer>(Collections.reverseOrder());
        served.profile().latencies().forEach(table -> batchSizes.addAll(table.batchSizes()));
        double budgetMicros = served.slo().latencyMicros() * (1 - rules.margin());
        for (int n : batchSizes) {
            batches.add(new BatchSpace(
                    scenario.cluster().classes(),
                    model,
                    served.profile(),
                    n,
                    maxStages,
                    budgetMicros - rules.batchBuildingMicros(n),
                    wholeGpusOnly));
        }
    }

    /** Returns the template with given stages, if it is feasible here. */
    Optional<Template> find(int batchSize, List<Stage> stages) {
        return batches.stream()
                .filter(batch -> batch.batchSize() == batchSize)
                .findFirst()
                .flatMap(batch -> batch.find(stages));
    }

    /** Returns how many templates there are, but at most {@code most}: then there may be more. */
    int count(int most) {
        var seen = new int[1];
        for (BatchSpace batch : batches) {
            if (seen[0] < most) {
                // Below 0 no template is cheap enough to be shown.
                batch.visit(
                        new double[classCount],
                        Double.POSITIVE_INFINITY,
                        (_, _) -> ++seen[0] < most ? Double.POSITIVE_INFINITY : -1);
            }
        }
        return seen[0];
    }

    /** Shows every template, those of larger batches first. */
    void forEach(Consumer<Template> visitor) {
        for (BatchSpace batch : batches) {
            batch.visit(new double[classCount], Double.POSITIVE_INFINITY, (template, _) -> {
                visitor.accept(template);
                return Double.POSITIVE_INFINITY;
            });
        }
    }

    /** Returns whether no pipeline meets the SLO. */
    boolean isEmpty() {
        return cheapest(new double[classCount], Double.POSITIVE_INFINITY).isEmpty();
    }

    /**
     * Returns the cheapest template, if it costs less than {@code limit}, at the end of a list of others that are the
     * cheapest of their batch sizes: they are likely to be wanted soon.
     */
    List<Template> cheapest(double[] gpuPrices, double limit) {
        var improvements = new ArrayList<Template>();
        double below = Math.nextDown(limit);
        for (BatchSpace batch : batches) {
            var best = new Template[1];
            below = batch.visit(gpuPrices, below, (template, cost) -> {
                best[0] = template;
                return Math.nextDown(cost);
            });
            if (best[0] != null) {
                improvements.add(best[0]);
            }
        }
        return improvements;
    }

    /** Returns the cheapest templates, cheapest first. */
    Enumeration enumerate(double[] gpuPrices, double leastCost) {
        boolean small = batches.stream().mapToDouble(BatchSpace::size).sum() <= MAX_SIZE_TO_ENUMERATE;
        var order = Comparator.comparingDouble(Priced::cost).thenComparingInt(Priced::number);
        var kept = new PriorityQueue<>(order.reversed());
        var seen = new int[1];
        var limit = new double[] {small ? Double.POSITIVE_INFINITY : WORTHWHILE * leastCost};
        for (BatchSpace batch : batches) {
            batch.visit(gpuPrices, limit[0], (template, cost) -> {
                kept.add(new Priced(template, cost, seen[0]++));
                if (kept.size() > MAX_TEMPLATES) {
                    kept.remove();
                    limit[0] = kept.element().cost();
                }
                return limit[0];
            });
        }
        return new Enumeration(
                kept.stream().sorted(order).map(Priced::template).toList(), small && seen[0] <= MAX_TEMPLATES);
    }
}
