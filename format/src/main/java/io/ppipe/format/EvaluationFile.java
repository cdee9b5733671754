package io.ppipe.format;

import io.ppipe.format.Evaluation.Attained;
import io.ppipe.format.Evaluation.Cell;
import io.ppipe.format.Evaluation.Point;
import io.ppipe.format.Evaluation.Row;
import io.ppipe.model.Utilisation;
import java.nio.file.Path;

/**
 * Reads and writes what {@code ppipe evaluate} has found, so that it can go on later. Equal evaluations give the same bytes.
 * See {@code docs/formats.md} and {@code schemas/evaluation.v1.schema.json}.
 */
public final class EvaluationFile {
    static final Shape FILE = Header.EVALUATION.shape("scenario_fingerprint", "conditions", "changes", "rows");
    static final Shape ROW = Shape.of(
            "a cell of an evaluation",
            "plan",
            "plan_fingerprint",
            "policy",
            "arrivals",
            "arrivals_fingerprint",
            "seed",
            "load_factor_of_plan",
            "min_throughput_over_weight",
            "certain",
            "simulated_seconds",
            "points",
            "models",
            "utilisation");
    static final Shape POINT =
            Shape.of("a load that was tried", "load_factor_of_plan", "slo_attainment", "meets", "certain", "seconds");
    static final Shape MODEL =
            Shape.of("what a model attains", "model", "offered_rps", "goodput_rps", "slo_attainment");
    static final Shape UTILISATION = Shape.of("the utilisation of a class", "gpu_class", "of_class", "of_planned_gpus");

    private EvaluationFile() {}

    /**
     * Reads one.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be read or says something that is wrong
     */
    public static Evaluation read(Path file) {
        Node root = NodeReader.json(file, NodeReader.MAX_GENERATED_BYTES);
        Fields fields = Header.EVALUATION.open(file.toString(), root, FILE);
        return fields.build(() -> new Evaluation(
                fields.text("scenario_fingerprint"),
                fields.numbersByName("conditions", "condition"),
                fields.texts("changes"),
                fields.objects("rows", ROW, EvaluationFile::row)));
    }

    private static Row row(Fields fields) {
        return new Row(
                new Cell(fields.text("plan"), fields.text("policy"), fields.text("arrivals"), fields.wholeLong("seed")),
                fields.text("plan_fingerprint"),
                fields.text("arrivals_fingerprint"),
                fields.number("load_factor_of_plan"),
                fields.number("min_throughput_over_weight"),
                fields.truth("certain"),
                fields.number("simulated_seconds"),
                fields.objects("points", POINT, EvaluationFile::point),
                fields.objects("models", MODEL, EvaluationFile::attained),
                fields.objects("utilisation", UTILISATION, EvaluationFile::utilisation));
    }

    private static Point point(Fields fields) {
        return new Point(
                fields.number("load_factor_of_plan"),
                fields.number("slo_attainment"),
                fields.truth("meets"),
                fields.truth("certain"),
                fields.number("seconds"));
    }

    private static Attained attained(Fields fields) {
        return new Attained(
                fields.text("model"),
                fields.number("offered_rps"),
                fields.number("goodput_rps"),
                fields.number("slo_attainment"));
    }

    private static Utilisation utilisation(Fields fields) {
        return new Utilisation(fields.text("gpu_class"), fields.number("of_class"), fields.number("of_planned_gpus"));
    }

    /**
     * Writes one, whole or not at all; what was there before is replaced.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be written
     */
    public static void write(Evaluation evaluation, Path file) {
        var conditions = new NodeBuilder();
        evaluation.conditions().forEach(conditions::number);
        OutputText.json(
                Header.EVALUATION
                        .begin()
                        .text("scenario_fingerprint", evaluation.scenarioFingerprint())
                        .object("conditions", conditions)
                        .texts("changes", evaluation.changes())
                        .objects("rows", evaluation.rows(), EvaluationFile::node)
                        .build(),
                file);
    }

    private static NodeBuilder node(Row row) {
        return new NodeBuilder()
                .text("plan", row.cell().plan())
                .text("plan_fingerprint", row.planFingerprint())
                .text("policy", row.cell().policy())
                .text("arrivals", row.cell().arrivals())
                .text("arrivals_fingerprint", row.arrivalsFingerprint())
                .whole("seed", row.cell().seed())
                .number("load_factor_of_plan", row.loadFactorOfPlan())
                .number("min_throughput_over_weight", row.minThroughputOverWeight())
                .truth("certain", row.certain())
                .number("simulated_seconds", row.simulatedSeconds())
                .objects("points", row.points(), EvaluationFile::node)
                .objects("models", row.models(), EvaluationFile::node)
                .objects("utilisation", row.utilisation(), EvaluationFile::node);
    }

    private static NodeBuilder node(Point point) {
        return new NodeBuilder()
                .number("load_factor_of_plan", point.loadFactorOfPlan())
                .number("slo_attainment", point.attainment())
                .truth("meets", point.meets())
                .truth("certain", point.certain())
                .number("seconds", point.seconds());
    }

    private static NodeBuilder node(Attained attained) {
        return new NodeBuilder()
                .text("model", attained.model())
                .number("offered_rps", attained.offeredPerSecond())
                .number("goodput_rps", attained.goodputPerSecond())
                .number("slo_attainment", attained.sloAttainment());
    }

    private static NodeBuilder node(Utilisation utilisation) {
        return new NodeBuilder()
                .text("gpu_class", utilisation.gpuClass())
                .number("of_class", utilisation.ofClass())
                .number("of_planned_gpus", utilisation.ofPlanned());
    }
}
