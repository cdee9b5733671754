package io.ppipe.cli;

import io.ppipe.evaluate.Precision;
import io.ppipe.format.Evaluation;
import io.ppipe.format.Fingerprint;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.PolicyName;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.WorldSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an evaluation asks for: every plan under every policy, every kind of arrivals and every seed, in this order. */
final class EvaluationCells {
    private final ScenarioFiles files;
    private final SimulationOptions options;
    private final Scenario scenario;
    private final Precision precision;
    private final Map<String, ArrivalSpec> arrivals = new LinkedHashMap<>();
    private final Map<String, String> arrivalFingerprints = new LinkedHashMap<>();

    EvaluationCells(ScenarioFiles files, SimulationOptions options, Scenario scenario, Precision precision) {
        this.files = files;
        this.options = options;
        this.scenario = scenario;
        this.precision = precision;
        var arrivalFiles = new ArrivalFiles(
                scenario.models().stream().map(Scenario.ScenarioModel::name).toList());
        for (String text : options.arrivalTexts()) {
            ArrivalSpec spec = arrivalFiles.scalable("--arrivals", text);
            arrivals.put(text, spec);
            arrivalFingerprints.put(text, fingerprint(spec));
        }
    }

    private static String fingerprint(ArrivalSpec spec) {
        return switch (spec) {
            case ArrivalSpec.Azure(String file, var _) -> ofFile(file);
            case ArrivalSpec.Recorded(String file, var _, var _) -> ofFile(file);
            case ArrivalSpec.Poisson _,
                    ArrivalSpec.Gamma _,
                    ArrivalSpec.Mmpp _,
                    ArrivalSpec.Diurnal _,
                    ArrivalSpec.Cameras _ -> "";
        };
    }

    private static String ofFile(String file) {
        try {
            return Fingerprint.of(Files.readAllBytes(Path.of(file)));
        } catch (IOException e) {
            throw new BadInputException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** @param given the plans' files; none = the folder's plan */
    List<EvaluatedCell> of(List<Path> given, int seeds) {
        List<Path> paths = given.isEmpty()
                ? List.of(files.planPath(null))
                : given.stream().distinct().toList();
        var cells = new ArrayList<EvaluatedCell>();
        for (Path path : paths) {
            Plan plan = files.plan(path, scenario);
            requireFit(plan);
            WorldSettings world = options.world().settings(files, scenario, plan);
            for (PolicyName policy : options.policies()) {
                for (Map.Entry<String, ArrivalSpec> spec : arrivals.entrySet()) {
                    for (int i = 0; i < seeds; i++) {
                        long seed = options.seed() + i;
                        cells.add(new EvaluatedCell(
                                new Evaluation.Cell(path.toString(), policy.text(), spec.getKey(), seed),
                                Fingerprint.of(plan),
                                arrivalFingerprints.getOrDefault(spec.getKey(), ""),
                                scenario,
                                plan,
                                options.conditions(policy, spec.getValue(), world)
                                        .withSeed(seed),
                                precision));
                    }
                }
            }
        }
        return cells;
    }

    private void requireFit(Plan plan) {
        double[] rates = plan.models().stream()
                .mapToDouble(ModelPlan::throughputPerSecond)
                .toArray();
        arrivals.values().forEach(spec -> ArrivalFiles.requireFit("--arrivals", spec, rates, 1));
    }

    /** Returns what is left out, lost or changed, in words by which two runs are the same. */
    List<String> changes() {
        var changes = new ArrayList<String>();
        options.without(PolicyName.DEFERRED).forEach(part -> changes.add("without " + Words.of(part)));
        changes.addAll(options.world().changes(files, scenario));
        return changes;
    }
}
