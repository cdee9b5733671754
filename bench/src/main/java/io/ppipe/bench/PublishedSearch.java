package io.ppipe.bench;

import io.ppipe.evaluate.Conditions;
import io.ppipe.evaluate.LoadSearch;
import io.ppipe.evaluate.Precision;
import io.ppipe.model.Plan;
import io.ppipe.schedule.PolicyName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Load factors found the published way: each model alone, 30 s at each load, from 100 % of the published plan's throughput
 * downwards in steps of 5 % until 99 % of the requests are answered in time.
 */
final class PublishedSearch {
    private static final double SECONDS = 30;
    private static final int STEP_PERCENT = 5;
    private static final Precision FINE = new Precision(0.002, 5_000, 50_000, 2.6);

    private final PlanTask task;
    private final Plan plan;
    private final Conditions conditions;
    private final double[] planned;

    /** @param planned what load factors refer to, by model */
    PublishedSearch(PlanTask task, Plan plan, PolicyName policy, double[] planned) {
        this.task = task;
        this.plan = plan;
        this.conditions = Conditions.DEFAULT.with(policy);
        this.planned = planned;
    }

    /** Returns a row with both searches' load factors: the published steps, and our bisection, each model alone. */
    Map<String, @Nullable Object> row() {
        long start = System.nanoTime();
        var stepped = new ArrayList<Double>();
        var exact = new ArrayList<Double>();
        for (int model = 0; model < planned.length; model++) {
            stepped.add(stepped(model));
            var rates = new double[planned.length];
            rates[model] = planned[model];
            exact.add(new LoadSearch(task.scenario(), plan, rates, conditions, FINE)
                    .ofAll(Math.max(0.1, stepped.getLast()))
                    .load());
        }
        var row = new LinkedHashMap<String, @Nullable Object>();
        row.put("load_factor_in_steps", stepped);
        row.put("load_factor", exact);
        row.put("seconds", (System.nanoTime() - start) / 1e9);
        return row;
    }

    private double stepped(int model) {
        for (int percent = 100; percent > 0; percent -= STEP_PERCENT) {
            var rates = new double[planned.length];
            rates[model] = planned[model] * percent / 100;
            var report =
                    conditions.simulator(task.scenario(), plan, rates, SECONDS).run();
            if (report.models().get(model).summary().sloAttainment() >= 0.99) {
                return percent / 100.0;
            }
        }
        return 0;
    }

    /** Returns the throughputs of the published PPipe plan as the published simulator has them, without fractions. */
    static double[] planned(PlanTask task, Plan ppipe, Attained attained) {
        var planned = new double[ppipe.models().size()];
        for (int i = 0; i < planned.length; i++) {
            planned[i] = attained.plannedPerSecond(
                            task.name(), task.scenario().models().get(i).name())
                    .orElse(Math.floor(ppipe.models().get(i).throughputPerSecond()));
        }
        return planned;
    }
}
