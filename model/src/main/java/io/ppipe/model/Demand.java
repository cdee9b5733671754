package io.ppipe.model;

/** How much of a model is asked for. */
public sealed interface Demand {
    /** Expected requests per second; as a weight, models are served in proportion to it. */
    record Rate(double perSecond) implements Demand {
        public Rate {
            Checks.positive("Demand", perSecond);
        }
    }

    /** Share of the throughput relative to the other models. */
    record Weight(double value) implements Demand {
        public Weight {
            Checks.positive("Weight", value);
        }
    }

    /** Returns the same where everything takes {@code timeScale} times as long: rates are divided by it, weights are not. */
    default Demand scaled(double timeScale) {
        return switch (this) {
            case Rate(double perSecond) -> new Rate(perSecond / timeScale);
            case Weight weight -> weight;
        };
    }

    /** Returns the number that throughputs are divided by when models are compared. */
    default double weight() {
        return switch (this) {
            case Rate(double perSecond) -> perSecond;
            case Weight(double value) -> value;
        };
    }
}
