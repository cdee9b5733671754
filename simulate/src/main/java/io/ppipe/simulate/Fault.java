package io.ppipe.simulate;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;

/** Something that happens to the cluster at a time of a simulated run, in microseconds since its start. */
public sealed interface Fault {
    /** Returns when it happens. */
    long atMicros();

    /** A vGPU stops; what it ran is gone. */
    record VgpuLoss(long atMicros, int vgpu) implements Fault {}

    /** A lost vGPU is back, idle. */
    record VgpuReturn(long atMicros, int vgpu) implements Fault {}

    /** All vGPUs of a server stop. */
    record ServerLoss(long atMicros, int server) implements Fault {}

    /** All vGPUs of a lost server are back. */
    record ServerReturn(long atMicros, int server) implements Fault {}

    /** Requests run as another plan says from now on; its weights are loaded already. */
    record PlanChange(long atMicros, Scenario scenario, Plan plan) implements Fault {}
}
