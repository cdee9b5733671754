package io.ppipe.bench;

import io.ppipe.cli.ConsoleProgress;
import io.ppipe.model.Progress;

/** Calls the planner with a person watching, if there is one: on a terminal, what it is at is shown until it ends. */
final class Watched {
    private Watched() {}

    static PlannerRun run(PlanTask task, String algorithm, double gap, double limitSeconds) {
        if (!ConsoleProgress.onTerminal()) {
            return PlannerRun.of(task, algorithm, gap, limitSeconds, Progress.NONE);
        }
        try (var console = new ConsoleProgress()) {
            Progress named = (what, done, total) -> console.report(task.name() + ": " + what, done, total);
            return PlannerRun.of(task, algorithm, gap, limitSeconds, named);
        }
    }
}
