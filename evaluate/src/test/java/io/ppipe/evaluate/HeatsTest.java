package io.ppipe.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeatsTest {
    private final Scenario scenario = HandMade.queues(60_000);
    private final Plan plan = HandMade.plan(scenario);

    private Candidate candidate(double believed) {
        return new Candidate(Allowances.uniform(1, 0, 1), plan, new double[] {believed / 100}, believed);
    }

    private Heats heats() {
        return new Heats(scenario, Conditions.DEFAULT, Progress.NONE);
    }

    @Test
    void aCandidateThatAttainsNothingDoesNotWin() {
        assertThat(heats().best(List.of(candidate(0)))).isEmpty();
        assertThat(heats().best(List.of())).isEmpty();
    }

    @Test
    void whatACandidateWasBelievedToAttainDoesNotCount() {
        Candidate boaster = candidate(1000);

        Heats.Winner winner = heats().best(List.of(candidate(0), boaster)).orElseThrow();

        assertThat(winner.candidate().plan()).isEqualTo(plan);
        assertThat(winner.attained()).isBetween(50.0, 100.0); // of one vGPU that serves 100 per second
    }
}
