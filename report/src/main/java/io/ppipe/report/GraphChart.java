package io.ppipe.report;

import java.util.HashSet;
import java.util.List;

/**
 * A graph of steps in order, one line for each, with what flows from which to which, what each costs, and where the graph is
 * cut: such as the layers of a model.
 *
 * @param title what stands above it
 * @param costTitle what the bars to the right show, with the unit
 * @param steps from top to bottom; 1 to {@value #MAX_STEPS}
 * @param flows in any order
 * @param cuts between steps; may be empty
 */
public record GraphChart(String title, String costTitle, List<Step> steps, List<Flow> flows, List<Cut> cuts)
        implements Chart {
    /** Lines that fit a picture which a screen can show. */
    public static final int MAX_STEPS = 400;

    public GraphChart {
        steps = List.copyOf(steps);
        flows = List.copyOf(flows);
        cuts = List.copyOf(cuts);
        if (steps.isEmpty() || steps.size() > MAX_STEPS) {
            throw new IllegalArgumentException("Graph has %d steps, not 1 to %d.".formatted(steps.size(), MAX_STEPS));
        }
        int stepCount = steps.size();
        for (Flow flow : flows) {
            if (flow.from() < -1 || flow.to().stream().anyMatch(to -> to <= flow.from() || to > stepCount)) {
                throw new IllegalArgumentException(
                        "Flow %s must go down, and not beyond step %d.".formatted(flow, steps.size()));
            }
        }
        var seen = new HashSet<Integer>();
        for (Cut cut : cuts) {
            if (cut.after() < 0 || cut.after() >= steps.size() || !seen.add(cut.after())) {
                throw new IllegalArgumentException("Cut %s must stand behind a step, and alone.".formatted(cut));
            }
        }
    }

    /**
     * One line.
     *
     * @param name what it is called
     * @param kind what gives it its colour and its name in the legend
     * @param cost length of its bar; at least 0
     * @param label the cost in words, and whatever else is said of it
     */
    public record Step(String name, String kind, double cost, String label) {
        public Step {
            Numbers.requireDrawable(cost, "Cost of step " + name);
        }
    }

    /**
     * Something that one step makes and others take.
     *
     * @param name what it is called
     * @param from the step that makes it; −1 if it comes from above
     * @param to the steps that take it; the number of steps if it goes on below
     */
    public record Flow(String name, int from, List<Integer> to) {
        public Flow {
            to = List.copyOf(to);
        }
    }

    /**
     * A line across the graph.
     *
     * @param after the step above it
     * @param label what stands at it
     */
    public record Cut(int after, String label) {}
}
