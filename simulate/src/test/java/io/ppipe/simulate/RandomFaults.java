package io.ppipe.simulate;

import io.ppipe.model.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random losses, returns and changes of plan within the time of a {@link RecordedRun}. */
final class RandomFaults {
    private RandomFaults() {}

    static List<Fault> of(long seed, RandomPlan random, boolean planChanges) {
        var dice = new SplittableRandom(seed);
        int count = dice.nextInt(1, 9);
        long[] times = dice.longs(count, 0, 60_000).sorted().toArray();
        var faults = new ArrayList<Fault>();
        Plan plan = random.plan();
        int servers = random.scenario().cluster().serverCount();
        int lost = 0;
        int lostServer = 0;
        for (long at : times) {
            lost = dice.nextBoolean()
                    ? Math.min(lost, plan.vgpus().size() - 1)
                    : dice.nextInt(plan.vgpus().size());
            switch (dice.nextInt(planChanges ? 6 : 4)) {
                case 0 -> faults.add(new Fault.VgpuLoss(at, lost));
                case 1 -> faults.add(new Fault.VgpuReturn(at, lost));
                case 2 -> {
                    lostServer = serverOf(random, plan, lost);
                    faults.add(new Fault.ServerLoss(at, lostServer));
                }
                case 3 -> faults.add(new Fault.ServerReturn(at, Math.min(lostServer, servers - 1)));
                default -> {
                    plan = random.otherPlan(dice.nextLong());
                    faults.add(new Fault.PlanChange(at, random.scenario(), plan));
                }
            }
        }
        return faults;
    }

    private static int serverOf(RandomPlan random, Plan plan, int vgpu) {
        var cluster = random.scenario().cluster();
        return cluster.serverOf(
                cluster.classIndex(plan.vgpus().get(vgpu).gpuClass()),
                plan.vgpus().get(vgpu).gpu());
    }
}
