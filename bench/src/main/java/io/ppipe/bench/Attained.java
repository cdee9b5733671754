package io.ppipe.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** What somebody else's simulator attained with the folder's plans: {@code attained.csv}; empty where it is absent. */
final class Attained {
    private final Map<String, Csv.Row> rows = new LinkedHashMap<>();

    Attained(Path folder) {
        for (Csv.Row row : Csv.readIfPresent(folder.resolve("attained.csv")).orElse(List.of())) {
            rows.put(key(row.text("instance"), row.text("algorithm"), row.text("model")), row);
        }
    }

    private static String key(String instance, String algorithm, String model) {
        return instance + " " + algorithm + " " + model;
    }

    /** Returns the load factor of a model, a fraction. */
    OptionalDouble loadFactor(String instance, String algorithm, String model) {
        return number(instance, algorithm, model, "load_factor_percent", 0.01);
    }

    /** Returns the throughput that load factors refer to. */
    OptionalDouble plannedPerSecond(String instance, String model) {
        return number(instance, "ppipe", model, "ppipe_planned_rps", 1);
    }

    /** Returns min over an instance's models of throughput ÷ weight. */
    OptionalDouble throughputOverWeight(PlanTask task, String algorithm) {
        double least = Double.POSITIVE_INFINITY;
        for (var model : task.scenario().models()) {
            OptionalDouble one = number(task.name(), algorithm, model.name(), "throughput_over_weight", 1);
            if (one.isEmpty()) {
                return one;
            }
            least = Math.min(least, one.getAsDouble());
        }
        return OptionalDouble.of(least);
    }

    private OptionalDouble number(String instance, String algorithm, String model, String column, double unit) {
        return Optional.ofNullable(rows.get(key(instance, algorithm, model)))
                .map(row -> OptionalDouble.of(row.number(column) * unit))
                .orElse(OptionalDouble.empty());
    }
}
