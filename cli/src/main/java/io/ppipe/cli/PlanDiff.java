package io.ppipe.cli;

import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Stage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/**
 * What two plans differ in: by model, and by GPU class.
 *
 * @param identical whether they are the same in everything, certificate and placement too
 */
record PlanDiff(boolean identical, List<OfModel> models, List<OfClass> classes) {
    /** GPUs of a class that the plans use. */
    record OfClass(String gpuClass, int before, int after) {}

    /** A model of either plan. */
    record OfModel(String model, Optional<ModelPlan> before, Optional<ModelPlan> after, List<Change> changes) {
        double throughputBefore() {
            return before.map(ModelPlan::throughputPerSecond).orElse(0.0);
        }

        double throughputAfter() {
            return after.map(ModelPlan::throughputPerSecond).orElse(0.0);
        }
    }

    /** A pipeline of both plans that changed, or of one of them. */
    record Change(Optional<Pipeline> before, Optional<Pipeline> after) {
        String kind() {
            return before.isEmpty() ? "added" : after.isEmpty() ? "removed" : "changed";
        }
    }

    static PlanDiff of(Plan before, Plan after) {
        var names = new LinkedHashSet<String>();
        Stream.of(before, after).flatMap(plan -> plan.models().stream()).forEach(model -> names.add(model.model()));
        var models = new ArrayList<OfModel>();
        for (String name : names) {
            Optional<ModelPlan> a = model(before, name);
            Optional<ModelPlan> b = model(after, name);
            models.add(new OfModel(
                    name,
                    a,
                    b,
                    changes(
                            a.map(ModelPlan::pipelines).orElse(List.of()),
                            b.map(ModelPlan::pipelines).orElse(List.of()))));
        }
        var classes = new TreeSet<String>();
        Stream.of(before, after).flatMap(plan -> plan.vgpus().stream()).forEach(v -> classes.add(v.gpuClass()));
        return new PlanDiff(
                before.equals(after),
                models,
                classes.stream()
                        .map(c -> new OfClass(c, PlanText.gpusUsed(before, c), PlanText.gpusUsed(after, c)))
                        .toList());
    }

    private static Optional<ModelPlan> model(Plan plan, String name) {
        return plan.models().stream().filter(m -> m.model().equals(name)).findFirst();
    }

    /** Pairs pipelines that are alike, the more alike the earlier; what finds no partner was added or removed. */
    private static List<Change> changes(List<Pipeline> before, List<Pipeline> after) {
        var left = new ArrayList<>(before);
        var fresh = new ArrayList<>(after);
        pair(left, fresh, Pipeline::equals);
        var changes = new ArrayList<Change>();
        changes.addAll(pair(
                left,
                fresh,
                (a, b) -> a.batchSize() == b.batchSize() && places(a).equals(places(b))));
        changes.addAll(pair(left, fresh, (a, b) -> places(a).equals(places(b))));
        changes.addAll(pair(left, fresh, (a, b) -> classes(a).equals(classes(b))));
        left.forEach(pipeline -> changes.add(new Change(Optional.of(pipeline), Optional.empty())));
        fresh.forEach(pipeline -> changes.add(new Change(Optional.empty(), Optional.of(pipeline))));
        return changes;
    }

    private static List<Change> pair(List<Pipeline> left, List<Pipeline> fresh, BiPredicate<Pipeline, Pipeline> alike) {
        var pairs = new ArrayList<Change>();
        for (Pipeline a : List.copyOf(left)) {
            fresh.stream().filter(b -> alike.test(a, b)).findFirst().ifPresent(b -> {
                left.remove(a);
                fresh.remove(b);
                pairs.add(new Change(Optional.of(a), Optional.of(b)));
            });
        }
        return pairs;
    }

    private static List<String> classes(Pipeline pipeline) {
        return pipeline.stages().stream().map(Stage::gpuClass).toList();
    }

    private static List<String> places(Pipeline pipeline) {
        return pipeline.stages().stream()
                .map(s -> "%d %d %s %d".formatted(s.firstBlock(), s.endBlock(), s.gpuClass(), s.sharesPerGpu()))
                .toList();
    }
}
