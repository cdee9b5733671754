package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Request;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.SchedulerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What losses, returns and changes of plan do to whole runs. */
class FaultTest {
    private static final long LOSS = 15_000;
    private static final long RETURN = 30_000;

    private static RecordedRun run(long seed, PolicyName policy, List<Fault> faults) {
        return new RecordedRun(
                seed, policy, SchedulerSettings.DEFAULT, RandomPlan.of(seed), WorldSettings.EXACT.withFaults(faults));
    }

    private static int servers(long seed) {
        return RandomPlan.of(seed).scenario().cluster().serverCount();
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsAnsweredWhileAllServersAreLostAndAgainAfterTheyReturned(PolicyName policy) {
        int answeredAfter = 0;
        for (long seed = 1; seed <= 40; seed++) {
            var faults = new ArrayList<Fault>();
            for (int server = 0; server < servers(seed); server++) {
                faults.add(new Fault.ServerLoss(LOSS, server));
                faults.add(new Fault.ServerReturn(RETURN, server));
            }
            RecordedRun run = run(seed, policy, faults);
            new RunInvariants(run).check();
            assertThat(run.answers)
                    .as("%s", run)
                    .noneMatch(answer -> answer.atMicros() > LOSS && answer.atMicros() <= RETURN);
            answeredAfter += (int) run.answers.stream()
                    .filter(answer -> answer.atMicros() > RETURN)
                    .count();
        }
        assertThat(answeredAfter).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource
    void countsAsLostWhatWasUnderWayAndIsNotAnsweredLater(PolicyName policy) {
        long lost = 0;
        for (long seed = 1; seed <= 40; seed++) {
            RecordedRun run = run(seed, policy, List.of(new Fault.ServerLoss(LOSS, 0), new Fault.VgpuLoss(LOSS, 0)));
            var aborted = new TreeSet<Long>();
            var rejected = new TreeSet<Long>();
            for (RecordedRun.Made made : run.decisions) {
                if (made.decision() instanceof Decision.Abort(Batch batch)) {
                    batch.requests().forEach(request -> aborted.add(request.id()));
                } else if (made.decision() instanceof Decision.Reject(Request request, var _)) {
                    rejected.add(request.id());
                }
            }
            rejected.retainAll(aborted);
            assertThat(run.report.total().failed()).as("%s", run).isEqualTo(rejected.size());
            lost += rejected.size();
        }
        assertThat(lost).isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = "REACTIVE", mode = EnumSource.Mode.EXCLUDE)
    void aChangeOfPlanAbortsNothingAndMovesWorkToTheNewPlan(PolicyName policy) {
        int dispatchedAfter = 0;
        for (long seed = 1; seed <= 40; seed++) {
            RandomPlan random = RandomPlan.of(seed);
            RecordedRun run = run(
                    seed, policy, List.of(new Fault.PlanChange(LOSS, random.scenario(), random.otherPlan(seed + 1))));
            new RunInvariants(run).check();
            assertThat(run.decisions).as("%s", run).noneMatch(made -> made.decision() instanceof Decision.Abort);
            assertThat(run.report.total().failed()).isZero();
            dispatchedAfter += (int) run.decisions.stream()
                    .filter(made -> made.epoch() == 1 && made.decision() instanceof Decision.Dispatch)
                    .count();
        }
        assertThat(dispatchedAfter).isGreaterThan(100);
    }

    @Test
    void faultsComeInTheOrderOfTheirTimes() {
        WorldSettings settings =
                WorldSettings.EXACT.withFaults(List.of(new Fault.VgpuReturn(20, 0), new Fault.VgpuLoss(10, 0)));

        assertThat(settings.faults()).containsExactly(new Fault.VgpuLoss(10, 0), new Fault.VgpuReturn(20, 0));
    }
}
