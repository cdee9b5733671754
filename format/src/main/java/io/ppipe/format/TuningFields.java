package io.ppipe.format;

import io.ppipe.model.Tuning;

/** How a plan was chosen by simulating candidates, as plans write it. */
final class TuningFields {
    static final Shape TUNING = Shape.of("the tuning of a plan", "policy", "arrivals", "seed", "attained", "attempts");
    static final Shape ATTEMPT = Shape.of(
            "an attempt of a tuning",
            "algorithm",
            "margins",
            "batch_building_factors",
            "planned",
            "attained",
            "load_factors");

    private TuningFields() {}

    static Tuning tuning(Fields fields) {
        return fields.build(() -> new Tuning(
                fields.text("policy"),
                fields.text("arrivals"),
                fields.wholeLong("seed"),
                fields.number("attained"),
                fields.objects("attempts", ATTEMPT, TuningFields::attempt)));
    }

    private static Tuning.Attempt attempt(Fields fields) {
        return fields.build(() -> new Tuning.Attempt(
                fields.text("algorithm"),
                fields.numbers("margins"),
                fields.numbers("batch_building_factors"),
                fields.number("planned"),
                fields.number("attained"),
                fields.numbers("load_factors")));
    }

    static NodeBuilder node(Tuning tuning) {
        return new NodeBuilder()
                .text("policy", tuning.policy())
                .text("arrivals", tuning.arrivals())
                .whole("seed", tuning.seed())
                .number("attained", tuning.attained())
                .objects("attempts", tuning.attempts(), TuningFields::node);
    }

    private static NodeBuilder node(Tuning.Attempt attempt) {
        return new NodeBuilder()
                .text("algorithm", attempt.algorithm())
                .numbers("margins", attempt.margins())
                .numbers("batch_building_factors", attempt.batchBuildingFactors())
                .number("planned", attempt.planned())
                .number("attained", attempt.attained())
                .numbers("load_factors", attempt.loadFactors());
    }
}
