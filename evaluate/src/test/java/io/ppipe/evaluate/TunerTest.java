package io.ppipe.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Tuning;
import io.ppipe.plan.MilpPlanner;
import io.ppipe.plan.PlanOutcome;
import io.ppipe.plan.PlanSettings;
import io.ppipe.plan.StopSignal;
import io.ppipe.simulate.WorldSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The real planner and the real simulator, on nine GPUs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TunerTest {
    private static final double PAPERS_MARGIN = 0.4;
    private static final PlanSettings BASE =
            PlanSettings.ppipe(new PlanRules(2, Goal.THROUGHPUT, false), PAPERS_MARGIN, 1.3);
    /** Of so small a problem no plan takes a second: the limit only keeps a slow machine from making plans differ. */
    private static final TunerSettings SETTINGS = new TunerSettings(
            BASE, Conditions.DEFAULT, new Precision(0.01, 1_500, 5_000, 2), List.of(0.28, 0.12), 2, 2, 0.01, 60);

    private final Scenario scenario = HandMade.fastAndSlow(60_000);
    private final List<String> reports = Collections.synchronizedList(new ArrayList<>());
    private final Tuned.Chosen chosen =
            (Tuned.Chosen) Tuner.tune(scenario, SETTINGS, (what, _, _) -> reports.add(what), StopSignal.never());

    private static Tuned tune(Scenario scenario) {
        return Tuner.tune(scenario, SETTINGS, Progress.NONE, StopSignal.never());
    }

    private Tuning tuning() {
        return chosen.plan().tuning().orElseThrow();
    }

    @Test
    void tuningTwiceGivesTheSame() {
        assertThat(chosen.repeatable()).isTrue();
        assertThat(tune(scenario)).isEqualTo(chosen);
    }

    @Test
    void thePlanKeepsEveryRuleOfTheScenario() {
        assertThat(PlanCheck.of(scenario, chosen.plan()).violations()).isEmpty();
        assertThat(PlanCheck.of(scenario, chosen.withoutPartitioning().orElseThrow())
                        .violations())
                .isEmpty();
    }

    @Test
    void everyCandidateIsRemembered() {
        List<Tuning.Attempt> attempts = tuning().attempts();

        assertThat(tuning().policy()).isEqualTo("deferred");
        assertThat(tuning().arrivals()).isEqualTo("poisson");
        assertThat(tuning().seed()).isEqualTo(1);
        for (String algorithm : List.of(PlanSettings.NP, PlanSettings.PPIPE)) {
            List<Tuning.Attempt> tried = attempts.stream()
                    .filter(attempt -> attempt.algorithm().equals(algorithm))
                    .toList();
            assertThat(tried)
                    .as(algorithm)
                    .hasSizeBetween(4, 9); // two margins, two steps, one closer, up to four sizes
            assertThat(tried.get(0).margins()).containsExactly(0.28, 0.28);
            assertThat(tried.get(1).margins()).containsExactly(0.12, 0.12);
        }
        assertThat(attempts).allSatisfy(attempt -> {
            assertThat(attempt.planned()).isPositive();
            assertThat(attempt.attained()).isPositive();
            assertThat(attempt.loadFactors()).hasSize(2);
        });
    }

    @Test
    void attainsNoLessThanThePapersMarginDoes() {
        Plan papers = ((PlanOutcome.Planned) MilpPlanner.plan(scenario, BASE, Progress.NONE)).plan();
        var candidate = new Candidate(
                Allowances.uniform(2, PAPERS_MARGIN, 1.3),
                papers,
                new double[] {1, 1},
                papers.certificate().objective());

        double attained = new Heats(scenario, Conditions.DEFAULT, Progress.NONE)
                .best(List.of(candidate))
                .orElseThrow()
                .attained();

        assertThat(tuning().attained()).isGreaterThanOrEqualTo(attained);
    }

    @Test
    void theBestPlanOfWholeModelsIsThereToo() {
        Plan whole = chosen.withoutPartitioning().orElseThrow();

        assertThat(whole.algorithm()).isEqualTo(PlanSettings.NP);
        assertThat(whole.models())
                .flatExtracting(ModelPlan::pipelines)
                .allSatisfy(pipeline -> assertThat(pipeline.stages()).hasSize(1));
        assertThat(whole.tuning().orElseThrow().attained()).isLessThanOrEqualTo(tuning().attained());
    }

    @Test
    void whereNothingCanBeServedTheReasonIsThePlanners() {
        Tuned.Nothing nothing = (Tuned.Nothing) tune(HandMade.fastAndSlow(5_000)); // all of a model takes 6 ms

        assertThat(nothing.reason()).contains("Model a");
    }

    @Test
    void whereOnlyNoMarginLeavesAPlanItIsTried() {
        Tuned.Chosen tight = (Tuned.Chosen) tune(HandMade.fastAndSlow(6_300));

        assertThat(tight.plan().models())
                .allSatisfy(model -> assertThat(model.rules().margin()).isLessThan(0.05));
    }

    @Test
    void whereNothingAttainsItsTargetItSaysSo() {
        var erratic = new WorldSettings(1, 0, 0, 0, 0, 1, List.of()); // three of ten stages take 1.7 times as long
        TunerSettings settings = new TunerSettings(
                BASE,
                Conditions.DEFAULT.with(erratic),
                SETTINGS.precision(),
                SETTINGS.first(),
                SETTINGS.steps(),
                SETTINGS.finalists(),
                SETTINGS.planGap(),
                SETTINGS.planLimitSeconds());

        Tuned tuned = Tuner.tune(HandMade.fastAndSlow(10_000), settings, Progress.NONE, StopSignal.never());

        assertThat(((Tuned.Nothing) tuned).reason()).contains("at any load");
    }

    @Test
    void whenStoppedItChoosesFromWhatWasTried() {
        var stop = new StopSignal();
        Progress afterTwo = (what, done, _) -> {
            if (what.equals("tuning np") && done == 2) {
                stop.request();
            }
        };

        Tuned.Chosen early = (Tuned.Chosen) Tuner.tune(scenario, SETTINGS, afterTwo, stop);

        Tuning tried = early.plan().tuning().orElseThrow();
        assertThat(tried.attempts()).hasSizeBetween(2, 4); // when it hears of it, two more are about to be planned
        assertThat(tried.attempts()).extracting(Tuning.Attempt::algorithm).containsOnly(PlanSettings.NP);
        assertThat(PlanCheck.of(scenario, early.plan()).violations()).isEmpty();
    }

    @Test
    void whenStoppedBeforeAnythingWasTriedItSaysSo() {
        var stop = new StopSignal();
        stop.request();

        Tuned.Nothing nothing = (Tuned.Nothing) Tuner.tune(scenario, SETTINGS, Progress.NONE, stop);

        assertThat(nothing.reason()).contains("stopped");
    }

    @Test
    void itSaysWhatItIsAt() {
        Set<String> told = new TreeSet<>(reports);

        assertThat(told).containsExactly("comparing finalists", "tuning np", "tuning ppipe");
    }

    @Test
    void settingsThatTryNothingAreRefused() {
        assertThatThrownBy(() -> new TunerSettings(BASE, Conditions.DEFAULT, Precision.ROUGH, List.of(), 1, 1, 0.01, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> new TunerSettings(BASE, Conditions.DEFAULT, Precision.ROUGH, List.of(0.1), 1, 0, 0.01, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
