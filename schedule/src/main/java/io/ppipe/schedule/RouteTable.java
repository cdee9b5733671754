package io.ppipe.schedule;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.util.ArrayList;
import java.util.List;

/** A plan compiled for the decision path: every latency, transfer time and pool as an array. */
final class RouteTable {
    /** Bound on the stages of a pipeline; plans have 2 or 3. */
    static final int MAX_STAGES = 16;

    /** {@code [model][pipeline]}. */
    final Route[][] routes;

    /** Server of each vGPU. */
    final int[] serverOfVgpu;

    /** GPU of each vGPU, numbered through the cluster's classes. */
    final int[] gpuOfVgpu;

    /** Pool of each vGPU: a stage of a pipeline, numbered through the plan. */
    final int[] poolOfVgpu;

    /** {@code [server]} whether batches of more than one model leave it. */
    final boolean[] sharedUplink;

    /** {@code [server]} whether batches of more than one model come to it. */
    final boolean[] sharedDownlink;

    final int serverCount;
    final int gpuCount;
    final int poolCount;

    /**
     * One pipeline.
     *
     * @param batchSize its planned batch size
     * @param latencyMicros {@code [stage][batch size]}, index 0 unused
     * @param transferMicros {@code [stage][batch size]} behind the stage; one less row than stages
     * @param workMicros {@code [batch size]} from start to end if nothing has to be waited for and all transfers are needed
     * @param shortestMicros {@code [batch size]} the same without transfers between stages that share a server
     * @param pools {@code [stage]} the pool's number
     * @param vgpus {@code [stage]} indices of the pool's vGPUs
     * @param vgpusOnServer {@code [stage][server]} those on one server; nothing for the first stage
     */
    record Route(
            int batchSize,
            long[][] latencyMicros,
            long[][] transferMicros,
            long[] workMicros,
            long[] shortestMicros,
            int[] pools,
            int[][] vgpus,
            int[][][] vgpusOnServer) {
        int stageCount() {
            return vgpus.length;
        }
    }

    RouteTable(Scenario scenario, Plan plan) {
        serverCount = scenario.cluster().serverCount();
        gpuCount =
                scenario.cluster().classes().stream().mapToInt(GpuClass::count).sum();
        serverOfVgpu = new int[plan.vgpus().size()];
        gpuOfVgpu = new int[serverOfVgpu.length];
        poolOfVgpu = new int[serverOfVgpu.length];
        int[] firstGpu = new int[scenario.cluster().classes().size()];
        for (int i = 1; i < firstGpu.length; i++) {
            firstGpu[i] =
                    firstGpu[i - 1] + scenario.cluster().classes().get(i - 1).count();
        }
        for (int i = 0; i < serverOfVgpu.length; i++) {
            Vgpu vgpu = plan.vgpus().get(i);
            int classIndex = scenario.cluster().classIndex(vgpu.gpuClass());
            serverOfVgpu[i] = scenario.cluster().serverOf(classIndex, vgpu.gpu());
            gpuOfVgpu[i] = firstGpu[classIndex] + vgpu.gpu();
        }
        int[][][][] pools = pools(plan);
        routes = new Route[plan.models().size()][];
        int pool = 0;
        for (int model = 0; model < routes.length; model++) {
            ModelPlan modelPlan = plan.models().get(model);
            routes[model] = new Route[modelPlan.pipelines().size()];
            for (int pipeline = 0; pipeline < routes[model].length; pipeline++) {
                int[][] vgpus = pools[model][pipeline];
                routes[model][pipeline] = route(scenario, plan, model, pipeline, vgpus, pool);
                for (int[] stage : vgpus) {
                    for (int vgpu : stage) {
                        poolOfVgpu[vgpu] = pool;
                    }
                    pool++;
                }
            }
        }
        poolCount = pool;
        sharedUplink = shared(true);
        sharedDownlink = shared(false);
    }

    /** Returns the servers that more than one model's batches leave, or come to. */
    private boolean[] shared(boolean leave) {
        var shared = new boolean[serverCount];
        int[] user = new int[serverCount]; // 0 for none, else the model's number from 1
        for (int model = 0; model < routes.length; model++) {
            for (Route route : routes[model]) {
                for (int stage = leave ? 0 : 1; stage < route.stageCount() - (leave ? 1 : 0); stage++) {
                    for (int vgpu : route.vgpus()[stage]) {
                        int server = serverOfVgpu[vgpu];
                        shared[server] |= user[server] > 0 && user[server] != model + 1;
                        user[server] = model + 1;
                    }
                }
            }
        }
        return shared;
    }

    private Route route(Scenario scenario, Plan plan, int model, int pipelineIndex, int[][] vgpus, int firstPool) {
        Pipeline pipeline = plan.models().get(model).pipelines().get(pipelineIndex);
        ModelProfile profile = scenario.models().get(model).profile();
        List<Stage> stages = pipeline.stages();
        if (stages.size() > MAX_STAGES) {
            throw new IllegalArgumentException(
                    "A pipeline has %d stages; at most %d are supported.".formatted(stages.size(), MAX_STAGES));
        }
        int batch = pipeline.batchSize();
        var latency = new long[stages.size()][batch + 1];
        var transfer = new long[stages.size() - 1][batch + 1];
        var work = new long[batch + 1];
        var shortest = new long[batch + 1];
        var pools = new int[stages.size()];
        var onServer = new int[stages.size()][][];
        for (int s = 0; s < stages.size(); s++) {
            Stage stage = stages.get(s);
            LatencyTable table =
                    profile.latencies(stage.gpuClass(), stage.sharesPerGpu()).orElseThrow();
            pools[s] = firstPool + s;
            onServer[s] = s == 0 ? new int[0][] : byServer(vgpus[s]);
            boolean always = s + 1 == stages.size() || !sharesServer(vgpus[s], vgpus[s + 1]);
            for (int n = 1; n <= batch; n++) {
                latency[s][n] = table.latencyMicros(stage.firstBlock(), stage.endBlock(), n);
                if (s + 1 < stages.size()) {
                    transfer[s][n] = transferMicros(scenario, profile, stage, stages.get(s + 1), n);
                    work[n] += transfer[s][n];
                    shortest[n] += always ? transfer[s][n] : 0;
                }
                work[n] += latency[s][n];
                shortest[n] += latency[s][n];
            }
        }
        return new Route(batch, latency, transfer, work, shortest, pools, vgpus, onServer);
    }

    private static long transferMicros(Scenario scenario, ModelProfile profile, Stage stage, Stage next, int size) {
        GpuClass from = scenario.cluster().gpuClass(stage.gpuClass()).orElseThrow();
        GpuClass to = scenario.cluster().gpuClass(next.gpuClass()).orElseThrow();
        double bitsPerMicro = Math.min(from.nicBitsPerSecond(), to.nicBitsPerSecond()) / 1e6;
        double bits = 8.0 * size * profile.cuts().get(stage.endBlock() - 1).bytesPerRequest();
        return (long) Math.ceil(bits / bitsPerMicro);
    }

    private boolean sharesServer(int[] vgpus, int[] others) {
        for (int vgpu : vgpus) {
            for (int other : others) {
                if (serverOfVgpu[vgpu] == serverOfVgpu[other]) {
                    return true;
                }
            }
        }
        return false;
    }

    private int[][] byServer(int[] vgpus) {
        int[] counts = new int[serverCount];
        for (int vgpu : vgpus) {
            counts[serverOfVgpu[vgpu]]++;
        }
        var byServer = new int[serverCount][];
        for (int server = 0; server < serverCount; server++) {
            byServer[server] = new int[counts[server]];
        }
        int[] next = new int[serverCount];
        for (int vgpu : vgpus) {
            int server = serverOfVgpu[vgpu];
            byServer[server][next[server]++] = vgpu;
        }
        return byServer;
    }

    /** Returns the vGPUs on each GPU. */
    int[][] vgpusOnGpu() {
        int[] counts = new int[gpuCount];
        for (int gpu : gpuOfVgpu) {
            counts[gpu]++;
        }
        var onGpu = new int[gpuCount][];
        for (int gpu = 0; gpu < gpuCount; gpu++) {
            onGpu[gpu] = new int[counts[gpu]];
        }
        for (int vgpu = gpuOfVgpu.length - 1; vgpu >= 0; vgpu--) {
            int gpu = gpuOfVgpu[vgpu];
            onGpu[gpu][--counts[gpu]] = vgpu;
        }
        return onGpu;
    }

    /** Returns {@code [model][pipeline][stage]} the vGPUs, in the plan's order. */
    private static int[][][][] pools(Plan plan) {
        var lists = new ArrayList<ArrayList<ArrayList<ArrayList<Integer>>>>();
        for (ModelPlan model : plan.models()) {
            var pipelines = new ArrayList<ArrayList<ArrayList<Integer>>>();
            for (Pipeline pipeline : model.pipelines()) {
                var stages = new ArrayList<ArrayList<Integer>>();
                pipeline.stages().forEach(_ -> stages.add(new ArrayList<>()));
                pipelines.add(stages);
            }
            lists.add(pipelines);
        }
        for (int i = 0; i < plan.vgpus().size(); i++) {
            Vgpu vgpu = plan.vgpus().get(i);
            lists.get(vgpu.model()).get(vgpu.pipeline()).get(vgpu.stage()).add(i);
        }
        var pools = new int[lists.size()][][][];
        for (int m = 0; m < pools.length; m++) {
            pools[m] = new int[lists.get(m).size()][][];
            for (int p = 0; p < pools[m].length; p++) {
                pools[m][p] = lists.get(m).get(p).stream()
                        .map(stage -> stage.stream().mapToInt(Integer::intValue).toArray())
                        .toArray(int[][]::new);
                for (int s = 0; s < pools[m][p].length; s++) {
                    if (pools[m][p][s].length == 0) {
                        throw new IllegalArgumentException(
                                "Stage %d of pipeline %d of model %s has no vGPU in the plan."
                                        .formatted(s, p, plan.models().get(m).model()));
                    }
                }
            }
        }
        return pools;
    }
}
