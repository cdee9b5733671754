package io.ppipe.plan;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Price;
import io.ppipe.model.Vgpu;
import io.ppipe.plan.Pools.Sized;
import io.ppipe.plan.Template.StageChoice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;

/*
 * Puts the vGPUs of pools on GPUs, and the GPUs into servers.
 *
 * GPUs. A GPU holds vGPUs of one model and stage index, as the MILP counts them (one size only, where the class says so).
 * First GPUs are filled with m vGPUs of 1/m; what is left of each size, at most m − 1 vGPUs, is packed largest first. With
 * sizes 1, 1/2, 1/3 and 1/4 that always takes as few GPUs as the sum of the sizes, rounded up (checked for all remainders
 * by PlacementTest). With other sizes it may take one more, and then there may be too few: empty is returned.
 *
 * Servers. A server's NIC is shared, so GPUs with much traffic should not meet: GPUs are dealt out largest traffic first,
 * each to the server with the least so far (the LPT rule; Graham 1969). The rates of templates hold for any placement, so
 * this only spreads queueing. Under N+1 the GPUs of one model are dealt out one after the other, each to the server with the
 * fewest GPUs, so that a lost server takes little of each model.
 */
final class Placement {
    private final PlanProblem problem;
    private final Pools pools;

    /** A vGPU to be placed: of which pipeline and stage. */
    private record Piece(int model, int pipeline, int stage, int shares, double trafficBytesPerSecond) {}

    /** Pieces that share a GPU. */
    private static final class Gpu {
        private final int model;
        private final List<Piece> pieces = new ArrayList<>();
        private double taken;

        Gpu(int model) {
            this.model = model;
        }

        boolean fits(Piece piece) {
            return taken + 1.0 / piece.shares() <= 1 + 1e-9;
        }

        Gpu add(Piece piece) {
            pieces.add(piece);
            taken += 1.0 / piece.shares();
            return this;
        }

        double traffic() {
            return pieces.stream().mapToDouble(Piece::trafficBytesPerSecond).sum();
        }
    }

    private Placement(PlanProblem problem, Pools pools) {
        this.problem = problem;
        this.pools = pools;
    }

    /**
     * Places the vGPUs of all pools: those of the first pipeline and stage first. Models and pipelines are numbered as in
     * a plan.
     */
    static Optional<List<Vgpu>> of(PlanProblem problem, Pools pools) {
        return new Placement(problem, pools).run();
    }

    private Optional<List<Vgpu>> run() {
        var placed = new ArrayList<Vgpu>();
        for (int g = 0; g < problem.classCount(); g++) {
            List<Gpu> gpus = gpusOfClass(g);
            if (gpus.size() > problem.gpuClass(g).count()) {
                return Optional.empty();
            }
            deal(g, gpus, placed);
        }
        placed.sort(Comparator.comparingInt(Vgpu::model)
                .thenComparingInt(Vgpu::pipeline)
                .thenComparingInt(Vgpu::stage)
                .thenComparingInt(Vgpu::gpu)
                .thenComparingInt(Vgpu::slot));
        return Optional.of(placed);
    }

    private List<Gpu> gpusOfClass(int classIndex) {
        var groups = new TreeMap<String, List<Piece>>();
        for (int p = 0; p < pools.pipelines().size(); p++) {
            Sized one = pools.pipelines().get(p);
            for (int i = 0; i < one.vgpus().length; i++) {
                StageChoice stage = one.template().stages()[i];
                if (stage.classIndex() != classIndex) {
                    continue;
                }
                String group = Pools.group(one.template().model(), i, stage);
                List<Piece> pieces = groups.computeIfAbsent(group, n -> new ArrayList<>());
                for (int v = 0; v < one.vgpus()[i]; v++) {
                    pieces.add(
                            new Piece(one.template().model(), p, i, stage.shares(), traffic(one, i) / one.vgpus()[i]));
                }
            }
        }
        var gpus = new ArrayList<Gpu>();
        groups.values().forEach(pieces -> gpus.addAll(pack(pieces.getFirst().model(), pieces)));
        return gpus;
    }

    private static List<Gpu> pack(int model, List<Piece> pieces) {
        var gpus = new ArrayList<Gpu>();
        var rest = new ArrayList<Piece>();
        var bySize = new TreeMap<Integer, List<Piece>>();
        pieces.forEach(
                p -> bySize.computeIfAbsent(p.shares(), n -> new ArrayList<>()).add(p));
        bySize.forEach((shares, same) -> {
            int full = same.size() / shares;
            for (int i = 0; i < full; i++) {
                var gpu = new Gpu(model);
                same.subList(i * shares, (i + 1) * shares).forEach(gpu::add);
                gpus.add(gpu);
            }
            rest.addAll(same.subList(full * shares, same.size()));
        });
        gpus.addAll(packRest(model, rest, new ArrayList<>(), atLeast(rest)).orElseGet(() -> firstFit(model, rest)));
        return gpus;
    }

    private static int atLeast(List<Piece> pieces) {
        return (int)
                Math.ceil(pieces.stream().mapToDouble(p -> 1.0 / p.shares()).sum() - 1e-9);
    }

    /** Tries every way to put the pieces, largest first, on so many GPUs; there are at most a few pieces of each size. */
    private static Optional<List<Gpu>> packRest(int model, List<Piece> pieces, List<Gpu> gpus, int most) {
        if (pieces.isEmpty()) {
            return Optional.of(List.copyOf(gpus));
        }
        Piece first = pieces.getFirst();
        List<Piece> others = pieces.subList(1, pieces.size());
        for (int i = 0; i < gpus.size(); i++) {
            Gpu before = gpus.get(i);
            if (before.fits(first)) {
                var more = new Gpu(model);
                before.pieces.forEach(more::add);
                gpus.set(i, more.add(first));
                Optional<List<Gpu>> packed = packRest(model, others, gpus, most);
                if (packed.isPresent()) {
                    return packed;
                }
                gpus.set(i, before);
            }
        }
        if (gpus.size() < most) {
            gpus.add(new Gpu(model).add(first));
            Optional<List<Gpu>> packed = packRest(model, others, gpus, most);
            if (packed.isPresent()) {
                return packed;
            }
            gpus.removeLast();
        }
        return Optional.empty();
    }

    private static List<Gpu> firstFit(int model, List<Piece> pieces) {
        var gpus = new ArrayList<Gpu>();
        for (Piece piece : pieces) {
            gpus.stream()
                    .filter(gpu -> gpu.fits(piece))
                    .findFirst()
                    .orElseGet(() -> {
                        gpus.add(new Gpu(model));
                        return gpus.getLast();
                    })
                    .add(piece);
        }
        return gpus;
    }

    private double traffic(Sized one, int stage) {
        ModelProfile profile =
                problem.scenario().models().get(one.template().model()).profile();
        StageChoice[] stages = one.template().stages();
        long bytes = 0;
        if (stage > 0) {
            bytes += profile.cuts().get(stages[stage].firstBlock() - 1).bytesPerRequest();
        }
        if (stage + 1 < stages.length) {
            bytes += profile.cuts().get(stages[stage].endBlock() - 1).bytesPerRequest();
        }
        return bytes * one.throughput();
    }

    /** A server that is being filled. */
    private static final class Server {
        private final int firstGpu;
        private final int room;
        private final List<Gpu> gpus = new ArrayList<>();
        private double traffic;

        Server(int firstGpu, int room) {
            this.firstGpu = firstGpu;
            this.room = room;
        }

        void add(Gpu gpu) {
            gpus.add(gpu);
            traffic += gpu.traffic();
        }
    }

    private void deal(int classIndex, List<Gpu> gpus, List<Vgpu> placed) {
        var gpuClass = problem.gpuClass(classIndex);
        boolean fewServers =
                problem.rules().goal() == Goal.COST && gpuClass.price().unit() == Price.Unit.SERVER;
        int perServer = gpuClass.gpusPerServer();
        int serverCount = fewServers ? Math.ceilDiv(gpus.size(), perServer) : gpuClass.serverCount();
        boolean apart = problem.rules().surviveServerLoss();
        Comparator<Server> order = apart
                ? Comparator.<Server>comparingInt(s -> s.gpus.size()).thenComparingDouble(s -> s.traffic)
                : Comparator.<Server>comparingDouble(s -> s.traffic).thenComparingInt(s -> s.gpus.size());
        var open = new PriorityQueue<>(order.thenComparingInt(s -> s.firstGpu));
        var servers = new ArrayList<Server>();
        for (int s = 0; s < serverCount; s++) {
            servers.add(new Server(s * perServer, Math.min(perServer, gpuClass.count() - s * perServer)));
        }
        open.addAll(servers);
        Comparator<Gpu> heaviest = Comparator.comparingDouble(Gpu::traffic).reversed();
        var queue = new ArrayList<>(gpus);
        queue.sort(apart ? Comparator.<Gpu>comparingInt(gpu -> gpu.model).thenComparing(heaviest) : heaviest);
        for (Gpu gpu : queue) {
            Server to = open.remove();
            to.add(gpu);
            if (to.gpus.size() < to.room) {
                open.add(to);
            }
        }
        var firstPipelineOfModel = firstPipelineOfModel();
        for (Server server : servers) {
            for (int i = 0; i < server.gpus.size(); i++) {
                List<Piece> pieces = server.gpus.get(i).pieces;
                for (int slot = 0; slot < pieces.size(); slot++) {
                    Piece piece = pieces.get(slot);
                    int model =
                            pools.pipelines().get(piece.pipeline()).template().model();
                    placed.add(new Vgpu(
                            gpuClass.name(),
                            server.firstGpu + i,
                            slot,
                            piece.shares(),
                            model,
                            piece.pipeline() - firstPipelineOfModel[model],
                            piece.stage()));
                }
            }
        }
    }

    private int[] firstPipelineOfModel() {
        var first = new int[problem.modelCount()];
        for (int p = pools.pipelines().size() - 1; p >= 0; p--) {
            first[pools.pipelines().get(p).template().model()] = p;
        }
        return first;
    }
}
