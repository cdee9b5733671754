package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.execute.SessionSettings;
import io.ppipe.model.ElementType;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.PolicyName;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.InferenceService.Reply;
import io.ppipe.serve.PipelineServer;
import io.ppipe.serve.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LiveRunTest {
    private final SyntheticPlan synthetic = SyntheticPlan.of(12, 1);
    private final Scenario scenario = Uncomputed.of(synthetic.scenario());

    @Test
    void whatDoesNotComputeAnswersZerosAndSaysSo() throws Exception {
        var settings = new PipelineServer.Settings(PolicyName.DEFERRED, 0.1, 64, SessionSettings.Optimisation.NONE);
        try (var server = PipelineServer.start(
                scenario, synthetic.plan(), Uncomputed.partitions(scenario), settings, Progress.NONE)) {
            assertThat(server.facts()).containsEntry("emulated", "true").containsEntry("compute", "false");
            Reply.Answer answer = answered(server);

            assertThat(answer.parameters()).containsEntry("emulated", "true").containsEntry("compute", "false");
            Tensor output = answer.outputs().getFirst();
            assertThat(output.shape()).containsExactly(1L, 4L);
            ByteBuffer data = output.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < 4; i++) {
                assertThat(data.getFloat(4 * i)).isZero();
            }
        }
    }

    /** A machine that is very busy may refuse a request as late; ask again. */
    private Reply.Answer answered(PipelineServer server) throws Exception {
        for (int i = 0; i < 20; i++) {
            var input = new Tensor(
                    "input",
                    ElementType.FP32,
                    List.of(1L, 16L),
                    ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN));
            var call = new Call("m0", "", List.of(input), List.of(), OptionalLong.empty());
            if (server.infer(call).get(10, TimeUnit.SECONDS) instanceof Reply.Answer answer) {
                return answer;
            }
        }
        throw new AssertionError("twenty requests in a row were refused");
    }

    @Test
    void everyRequestOfALoadIsCountedOnBothSides() {
        LiveRun run = LiveRun.of(scenario, synthetic.plan(), 0.5, 1, 7);

        assertThat(run.client().summary().arrived()).isPositive();
        assertThat(run.client().summary().failed()).isZero();
        assertThat(run.server().arrived()).isEqualTo(run.client().summary().arrived());
        assertThat(run.arrivals().count())
                .isEqualTo((int) run.client().summary().arrived());
    }
}
