package io.ppipe.format;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Reservation;
import io.ppipe.schedule.Transfer;
import java.util.List;

/**
 * Writes the lines of an event log. {@link EventFields} reads them. The live server does this for every call of its
 * scheduler, so that text is put together at once, without {@link Node}s between; spaces are as {@link JsonPrinter} sets
 * them.
 */
final class EventText {
    private final StringBuilder out;

    /** @param out what the texts are put behind */
    EventText(StringBuilder out) {
        this.out = out;
    }

    void line(long atMicros, Event event, List<Decision> decisions) {
        out.append("{\"at_us\": ").append(atMicros).append(", \"event\": \"");
        event(event);
        if (!decisions.isEmpty()) {
            out.append(", \"decisions\": [");
            for (int i = 0; i < decisions.size(); i++) {
                out.append(i > 0 ? ", " : "");
                decision(decisions.get(i));
            }
            out.append(']');
        }
        out.append("}\n");
    }

    private void event(Event event) {
        switch (event) {
            case Event.Arrived(Request request) -> {
                out.append("arrived\"");
                number("request", request.id());
                number("model", request.model());
                number("arrival_us", request.arrivalMicros());
                number("deadline_us", request.deadlineMicros());
            }
            case Event.Cancelled(long requestId, int model) -> {
                out.append("cancelled\"");
                number("request", requestId);
                number("model", model);
            }
            case Event.StageFinished(long batch, int stage, long start, long end) ->
                finished("stage_finished\"", batch, stage, start, end);
            case Event.TransferFinished(long batch, int stage, long start, long end) ->
                finished("transfer_finished\"", batch, stage, start, end);
            case Event.BatchEnded(long batch) -> {
                out.append("batch_ended\"");
                number("batch", batch);
            }
            case Event.VgpuLost(int vgpu) -> {
                out.append("vgpu_lost\"");
                number("vgpu", vgpu);
            }
            case Event.VgpuReturned(int vgpu) -> {
                out.append("vgpu_returned\"");
                number("vgpu", vgpu);
            }
            case Event.PlanChanged(Scenario scenario, Plan plan) -> {
                out.append("plan_changed\", \"plan_fingerprint\": \"")
                        .append(EventLogHeader.fingerprint(plan))
                        .append("\", \"scenario_fingerprint\": \"")
                        .append(EventLogHeader.fingerprint(scenario))
                        .append('"');
            }
            case Event.Tick() -> out.append("tick\"");
        }
    }

    private void finished(String event, long batch, int stage, long startMicros, long endMicros) {
        out.append(event);
        number("batch", batch);
        number("stage", stage);
        number("start_us", startMicros);
        number("end_us", endMicros);
    }

    void decision(Decision decision) {
        switch (decision) {
            case Decision.Dispatch(Batch batch) -> {
                out.append("{\"decision\": \"dispatch\"");
                batch(batch);
            }
            case Decision.Reject(Request request, Decision.Cause cause) -> {
                out.append("{\"decision\": \"reject\"");
                number("request", request.id());
                out.append(", \"cause\": \"")
                        .append(Words.of(Words.CAUSES, cause))
                        .append('"');
            }
            case Decision.Expire(Request request) -> {
                out.append("{\"decision\": \"expire\"");
                number("request", request.id());
            }
            case Decision.Abort(Batch batch) -> {
                out.append("{\"decision\": \"abort\"");
                number("batch", batch.id());
            }
        }
        out.append('}');
    }

    private void batch(Batch batch) {
        number("batch", batch.id());
        number("model", batch.model());
        number("pipeline", batch.pipeline());
        number("first_stage", batch.firstStage());
        String separator = ", \"requests\": [";
        for (Request request : batch.requests()) {
            out.append(separator).append(request.id());
            separator = ", ";
        }
        separator = "], \"stages\": [";
        for (Reservation stage : batch.stages()) {
            out.append(separator).append('[').append(stage.vgpu());
            interval(stage.startMicros(), stage.endMicros());
            separator = ", ";
        }
        separator = "], \"transfers\": [";
        if (batch.transfers().isEmpty()) {
            out.append(separator);
        }
        for (Transfer transfer : batch.transfers()) {
            out.append(separator)
                    .append('[')
                    .append(transfer.fromServer())
                    .append(", ")
                    .append(transfer.toServer());
            interval(transfer.startMicros(), transfer.endMicros());
            separator = ", ";
        }
        out.append(']');
    }

    private void interval(long startMicros, long endMicros) {
        out.append(", ").append(startMicros).append(", ").append(endMicros).append(']');
    }

    private void number(String key, long value) {
        out.append(", \"").append(key).append("\": ").append(value);
    }
}
