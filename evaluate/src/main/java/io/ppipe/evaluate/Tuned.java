package io.ppipe.evaluate;

import io.ppipe.model.Plan;
import java.util.Optional;

/** What came of tuning. */
public sealed interface Tuned {
    /**
     * A plan, with the record of how it was chosen.
     *
     * @param withoutPartitioning the best of the candidates that run whole models, chosen the same way; may be the same plan,
     *     nothing where there is none
     * @param repeatable whether every candidate's search ended by its gap, so that another run gives the same
     */
    record Chosen(Plan plan, Optional<Plan> withoutPartitioning, boolean repeatable) implements Tuned {}

    /** No candidate could be planned, or none attains its SLO targets at any load. */
    record Nothing(String reason) implements Tuned {}
}
