package io.ppipe.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.SchedulerSettings;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.SimulationReport;
import io.ppipe.simulate.WorldSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    private static final double SECONDS = 20;

    private final Scenario scenario = HandMade.queues(60_000, 60_000);
    private final Plan plan = HandMade.plan(scenario);

    private SimulationReport run(Conditions conditions, double... rates) {
        return conditions.simulator(scenario, plan, rates, SECONDS).run();
    }

    @Test
    void eachChangeLeavesTheRestAsItWas() {
        var noisy = new WorldSettings(0.05, 0, 0, 0, 0, 1, List.of());
        SchedulerSettings plain = SchedulerSettings.DEFAULT.withoutParts(List.of());
        var gamma = ArrivalSpec.parse("gamma:cv2=4");

        Conditions changed = Conditions.DEFAULT
                .with(PolicyName.REACTIVE)
                .with(plain)
                .with(gamma)
                .with(noisy)
                .withSeed(9);

        assertThat(changed).isEqualTo(new Conditions(PolicyName.REACTIVE, plain, gamma, noisy, 9));
        assertThat(changed.with(PolicyName.DEFERRED))
                .isEqualTo(new Conditions(PolicyName.DEFERRED, plain, gamma, noisy, 9));
    }

    @Test
    void aSeedGivesOneRunAndAnotherSeedAnother() {
        SimulationReport first = run(Conditions.DEFAULT, 70, 70);

        assertThat(run(Conditions.DEFAULT, 70, 70)).isEqualTo(first);
        assertThat(run(Conditions.DEFAULT.withSeed(2), 70, 70)).isNotEqualTo(first);
    }

    @Test
    void requestsArriveAtTheRatesThatAreGiven() {
        SimulationReport report = run(Conditions.DEFAULT, 70, 0);

        assertThat(report.models().get(0).summary().offeredPerSecond()).isBetween(60.0, 80.0);
        assertThat(report.models().get(1).summary().arrived()).isZero();
    }

    @Test
    void burstierArrivalsMissMore() {
        double poisson = run(Conditions.DEFAULT, 70, 70).leastAttainment();
        double bursty = run(Conditions.DEFAULT.with(ArrivalSpec.parse("gamma:cv2=9")), 70, 70)
                .leastAttainment();

        assertThat(bursty).isLessThan(poisson);
    }
}
