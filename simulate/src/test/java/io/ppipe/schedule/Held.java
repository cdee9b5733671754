package io.ppipe.schedule;

/** What a scheduler still holds, for tests that run it to the end. */
public final class Held {
    private Held() {}

    /** Returns how many promises, batches under way and waiting requests a scheduler knows of. */
    public static long by(Scheduler scheduler) {
        return switch (scheduler) {
            case Dispatcher dispatcher -> {
                long waiting = 0;
                for (int model = 0; model < dispatcher.modelCount(); model++) {
                    waiting += dispatcher.queue(model).size();
                }
                yield waiting + dispatcher.reservationCount() + dispatcher.runningCount();
            }
            case ReactiveScheduler reactive -> reactive.openCount();
            default -> throw new IllegalArgumentException("Not a scheduler that can be looked into: " + scheduler);
        };
    }
}
