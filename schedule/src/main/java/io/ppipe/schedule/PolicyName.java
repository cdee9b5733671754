package io.ppipe.schedule;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import java.util.Locale;
import java.util.Optional;

/** The dispatch policies. Their names are written in small letters in commands and reports. */
public enum PolicyName {
    /** The paper's: the route is reserved as soon as the batch is complete. */
    RESERVATION,
    /** The published simulator's: rejects the oldest request where the planned batch would be too late for it. */
    PUBLISHED,
    /** Every stage batches what has reached it, without reservations. A baseline for the simulator. */
    REACTIVE,
    /** Ours: a batch is bound to a vGPU when one is free, and built as late as its deadlines allow. */
    DEFERRED;

    /** Returns the policy of this name. */
    public static Optional<PolicyName> of(String name) {
        for (PolicyName policy : values()) {
            if (policy.text().equals(name)) {
                return Optional.of(policy);
            }
        }
        return Optional.empty();
    }

    /** Returns its name as commands and reports write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns a fresh scheduler.
     *
     * @param plan made for {@code scenario}, and checked
     */
    public Scheduler scheduler(Scenario scenario, Plan plan, SchedulerSettings settings) {
        return switch (this) {
            case RESERVATION -> new Dispatcher(scenario, plan, settings, ReservationPolicy::new);
            case PUBLISHED -> new Dispatcher(scenario, plan, settings, PublishedPolicy::new);
            case DEFERRED -> new Dispatcher(scenario, plan, settings, DeferredPolicy::new);
            case REACTIVE -> new ReactiveScheduler(scenario, plan, settings);
        };
    }
}
