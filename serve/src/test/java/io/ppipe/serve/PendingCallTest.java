package io.ppipe.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.InferenceService.Reply;
import io.ppipe.serve.InferenceService.Status;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PendingCallTest {
    private static final TensorSpec INPUT = new TensorSpec("x", ElementType.INT32, List.of(-1L, 2L));
    private static final TensorSpec OUTPUT = new TensorSpec("y", ElementType.INT32, List.of(-1L, 1L));

    private final List<Cause> causes = new ArrayList<>();

    private PendingCall call(int items) {
        ByteBuffer data = ints(10, 11, 20, 21, 30, 31);
        var call = new Call(
                "m",
                "",
                List.of(new Tensor("x", ElementType.INT32, List.of((long) items, 2L), data)),
                List.of(),
                OptionalLong.empty());
        return new PendingCall(call, 0, items, 0, 1000, List.of(OUTPUT), (c, cause) -> causes.add(cause));
    }

    private static ByteBuffer ints(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            buffer.putInt(value);
        }
        return buffer.flip();
    }

    @Test
    void copiesTheAskedItemToWhereTheBatchStands() {
        ByteBuffer batch = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);

        call(3).copyInput(INPUT, 2, batch);
        call(3).copyInput(INPUT, 0, batch);

        assertThat(batch.flip()).isEqualTo(ints(30, 31, 10, 11));
    }

    @Test
    void answersWhenTheLastItemIsThereEachInItsPlace() {
        PendingCall call = call(2);

        call.itemDone(1, Map.of("y", ints(7, 8)), 0, 500, "1", Cause.NONE, Map.of());
        assertThat(call.reply()).isNotDone();
        call.itemDone(0, Map.of("y", ints(7, 8)), 1, 900, "1", Cause.NONE, Map.of());

        var answer = (Reply.Answer) call.reply().join();
        assertThat(answer.outputs().getFirst().shape()).containsExactly(2L, 1L);
        assertThat(answer.outputs().getFirst().data()).isEqualTo(ints(8, 7));
        assertThat(causes).containsExactly(Cause.NONE);
    }

    @Test
    void isLateWhenTheLastItemComesAfterTheDeadline() {
        PendingCall call = call(1);

        call.itemDone(0, Map.of("y", ints(1)), 0, 1001, "1", Cause.LATE_COMPUTE, Map.of());

        assertThat(call.reply().join()).isInstanceOf(Reply.Answer.class);
        assertThat(causes).containsExactly(Cause.LATE_COMPUTE);
    }

    @Test
    void hasOneOutcomeWhoeverComesFirst() {
        PendingCall call = call(2);

        assertThat(call.refuse(Status.DEADLINE_UNREACHABLE, "no", Optional.empty()))
                .isTrue();
        assertThat(call.refuse(Status.FAILED, "broken", Optional.empty())).isFalse();
        call.itemDone(0, Map.of("y", ints(1)), 0, 1, "1", Cause.NONE, Map.of());
        call.itemDone(1, Map.of("y", ints(1)), 0, 1, "1", Cause.NONE, Map.of());

        assertThat(call.reply().join()).isInstanceOf(Reply.Refusal.class);
        assertThat(causes).containsExactly(Cause.DEADLINE_UNREACHABLE);
    }
}
