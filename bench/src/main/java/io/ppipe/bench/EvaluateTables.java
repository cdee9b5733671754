package io.ppipe.bench;

import io.ppipe.cli.Interval;
import io.ppipe.cli.TextTable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code bench evaluate} prints. */
final class EvaluateTables {
    private final PrintWriter out;
    private final Attained attained;

    EvaluateTables(PrintWriter out, Attained attained) {
        this.out = out;
        this.attained = attained;
    }

    void print(String part, List<Map<String, @Nullable Object>> rows, List<PlanTask> tasks) {
        out.println();
        switch (part) {
            case "reproduced" -> reproduced(rows);
            case "policies" -> {
                policies(rows);
                paired(rows);
            }
            case "ablation" -> policies(rows);
            case "tuned" -> tuned(rows, tasks);
            default -> throw new AssertionError(part);
        }
    }

    private void reproduced(List<Map<String, @Nullable Object>> rows) {
        out.println("Load factor (%) of each model alone, searched the published way: 30 s, steps of 5 %.");
        var table = new TextTable("instance", "plans", "policy", ">in steps", ">bisection", ">attained.csv");
        for (Map<String, @Nullable Object> row : rows) {
            table.row(
                    text(row, "instance"),
                    text(row, "plans"),
                    text(row, "policy"),
                    percents(numbers(row, "load_factor_in_steps")),
                    percents(numbers(row, "load_factor")),
                    percents(others(row)));
        }
        out.print(table);
        out.println();
        var means = new TextTable("plans", "policy", ">models", ">in steps", ">bisection", ">attained.csv");
        Cells.by(rows, row -> text(row, "plans") + " " + text(row, "policy"))
                .values()
                .forEach(group -> {
                    List<Double> steps = all(group, "load_factor_in_steps");
                    var other = new ArrayList<Double>();
                    group.forEach(row -> other.addAll(others(row)));
                    means.row(
                            text(group.getFirst(), "plans"),
                            text(group.getFirst(), "policy"),
                            String.valueOf(steps.size()),
                            percent(mean(steps)),
                            percent(mean(all(group, "load_factor"))),
                            percent(mean(other)));
                });
        out.print(means);
    }

    /** What attained.csv says of a row's models; empty where it says nothing. */
    private List<Double> others(Map<String, @Nullable Object> row) {
        String plans = text(row, "plans").replace("published-", "");
        var others = new ArrayList<Double>();
        if (row.get("models") instanceof List<?> models) {
            for (Object model : models) {
                OptionalDouble other = attained.loadFactor(text(row, "instance"), plans, String.valueOf(model));
                other.ifPresent(others::add);
            }
        }
        return others;
    }

    private void policies(List<Map<String, @Nullable Object>> rows) {
        out.println(
                "Published PPipe plans, all models together: offered ÷ planned at the SLO target, mean over seeds.");
        var table = new TextTable("instance", "arrivals", "policy", ">load", ">± 95 %", "utilisation by class");
        Cells.by(rows, row -> text(row, "instance") + " " + text(row, "arrivals") + " " + text(row, "policy"))
                .values()
                .forEach(group -> table.row(
                        text(group.getFirst(), "instance"),
                        text(group.getFirst(), "arrivals"),
                        text(group.getFirst(), "policy"),
                        four(mean(one(group, "load"))),
                        four(interval(one(group, "load"))),
                        utilisation(group)));
        out.print(table);
        out.println();
        Cells.by(rows, row -> text(row, "arrivals") + ", " + text(row, "policy"))
                .forEach((name, group) -> out.printf(
                        "Mean load, %s: %s over %d runs.%n", name, four(mean(one(group, "load"))), group.size()));
    }

    /** Ours less the paper's, by instance and arrivals, over the same seeds. */
    private void paired(List<Map<String, @Nullable Object>> rows) {
        var table = new TextTable("instance", "arrivals", ">deferred − reservation", ">± 95 %");
        Cells.by(rows, row -> text(row, "instance") + " " + text(row, "arrivals"))
                .values()
                .forEach(group -> {
                    Map<String, List<Map<String, @Nullable Object>>> byPolicy =
                            Cells.by(group, row -> text(row, "policy"));
                    List<Double> ours = one(byPolicy.getOrDefault("deferred", List.of()), "load");
                    List<Double> theirs = one(byPolicy.getOrDefault("reservation", List.of()), "load");
                    if (ours.size() == theirs.size() && !ours.isEmpty()) {
                        var differences = new ArrayList<Double>();
                        for (int i = 0; i < ours.size(); i++) {
                            differences.add(ours.get(i) - theirs.get(i));
                        }
                        table.row(
                                text(group.getFirst(), "instance"),
                                text(group.getFirst(), "arrivals"),
                                four(mean(differences)),
                                four(interval(differences)));
                    }
                });
        out.print(table);
    }

    /** The mean over a group's rows, e.g. {@code L4 0.91, P4 0.84}. */
    private static String utilisation(List<Map<String, @Nullable Object>> rows) {
        var byClass = new LinkedHashMap<String, List<Double>>();
        for (Map<String, @Nullable Object> row : rows) {
            if (row.get("utilisation") instanceof Map<?, ?> classes) {
                classes.forEach((name, value) -> byClass.computeIfAbsent(String.valueOf(name), _ -> new ArrayList<>())
                        .add(value instanceof Number number ? number.doubleValue() : Double.NaN));
            }
        }
        return byClass.entrySet().stream()
                .map(entry -> String.format(Locale.ROOT, "%s %.2f", entry.getKey(), mean(entry.getValue())))
                .collect(Collectors.joining(", "));
    }

    private void tuned(List<Map<String, @Nullable Object>> rows, List<PlanTask> tasks) {
        out.println("Throughput at the SLO target, min over models of throughput ÷ weight, mean over seeds.");
        var table = new TextTable(
                "instance",
                "arrivals",
                ">tuned",
                ">÷ attained.csv",
                ">÷ bound",
                ">tuned-np",
                ">dart-r",
                ">published",
                ">tuning s",
                "margins");
        var ratios = new ArrayList<Double>();
        var ofBound = new ArrayList<Double>();
        Cells.by(rows, row -> text(row, "instance") + " " + text(row, "arrivals"))
                .values()
                .forEach(group -> {
                    Map<String, List<Map<String, @Nullable Object>>> byPlans =
                            Cells.by(group, row -> text(row, "plans"));
                    String instance = text(group.getFirst(), "instance");
                    PlanTask task = tasks.stream()
                            .filter(t -> t.name().equals(instance))
                            .findFirst()
                            .orElseThrow();
                    double base = attained.throughputOverWeight(task, "ppipe").orElse(Double.NaN);
                    List<Map<String, @Nullable Object>> ours = byPlans.getOrDefault("tuned", List.of());
                    double got = mean(one(ours, "min_throughput_over_weight"));
                    double bound = mean(one(ours, "bound"));
                    ratios.add(got / base);
                    ofBound.add(got / bound);
                    table.row(
                            instance,
                            text(group.getFirst(), "arrivals"),
                            Figures.rate(got),
                            four(got / base),
                            four(got / bound),
                            ratio(byPlans, "tuned-np", base),
                            ratio(byPlans, "published-dart-r", base),
                            ratio(byPlans, "published-ppipe", base),
                            Figures.seconds(mean(one(ours, "tuning_seconds"))),
                            ours.isEmpty() ? "" : String.valueOf(ours.getFirst().get("margins")));
                });
        out.print(table);
        out.printf(
                "Mean ÷ attained.csv %s, mean ÷ LP bound without margin %s.%n",
                four(mean(known(ratios))), four(mean(known(ofBound))));
    }

    private static String ratio(Map<String, List<Map<String, @Nullable Object>>> byPlans, String plans, double base) {
        return four(mean(one(byPlans.getOrDefault(plans, List.of()), "min_throughput_over_weight")) / base);
    }

    static String text(Map<String, @Nullable Object> row, String name) {
        return String.valueOf(row.get(name));
    }

    static List<Double> numbers(Map<String, @Nullable Object> row, String name) {
        return row.get(name) instanceof List<?> list
                ? list.stream()
                        .map(value -> value instanceof Number number ? number.doubleValue() : Double.NaN)
                        .toList()
                : List.of();
    }

    private static List<Double> all(List<Map<String, @Nullable Object>> rows, String name) {
        var all = new ArrayList<Double>();
        rows.forEach(row -> all.addAll(numbers(row, name)));
        return all;
    }

    static List<Double> one(List<Map<String, @Nullable Object>> rows, String name) {
        return rows.stream().map(row -> Cells.number(row, name)).toList();
    }

    /** Leaves out instances without a plan, or without figures to compare with. */
    private static List<Double> known(List<Double> values) {
        return values.stream().filter(value -> !Double.isNaN(value)).toList();
    }

    static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Returns half the width of the 95 % interval of the mean; NaN for one value. */
    static double interval(List<Double> values) {
        return Interval.of(values.stream().mapToDouble(Double::doubleValue).toArray())
                .halfWidth();
    }

    private static String percents(List<Double> fractions) {
        return fractions.isEmpty()
                ? Figures.NONE
                : String.join(
                        " ", fractions.stream().map(EvaluateTables::percent).toList());
    }

    private static String percent(double fraction) {
        return Double.isNaN(fraction) ? Figures.NONE : String.format(Locale.ROOT, "%.1f", 100 * fraction);
    }

    static String four(double value) {
        return Double.isNaN(value) ? Figures.NONE : String.format(Locale.ROOT, "%.4f", value);
    }
}
