package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Price;
import io.ppipe.model.Scenario;
import io.ppipe.plan.NaivePipelines.Naive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The best objective under N+1, by giving every GPU every stage of every pipeline, or nothing: each server is one of the
 * GPUs' servers, so this tries every placement as well. For whole GPUs, and very few of them.
 */
final class ServerLossBruteForce {
    /** One stage of one pipeline of one model. */
    private record Job(int model, int pipeline, int stage) {}

    private final Scenario scenario;
    private final List<List<Naive>> pipelines = new ArrayList<>();
    /** For each class: what a GPU of it can do. */
    private final List<List<Job>> jobs = new ArrayList<>();

    private final int[] classOfGpu;
    private final int[] serverOfGpu;
    /** {@code [model][pipeline][stage]}. */
    private final int[][][] vgpus;

    private final int[] chosen;
    private double throughput;
    private double price = Double.POSITIVE_INFINITY;

    private ServerLossBruteForce(Scenario scenario, PlanRules planRules, List<ModelRules> rules) {
        this.scenario = scenario;
        List<GpuClass> classes = scenario.cluster().classes();
        classes.forEach(_ -> jobs.add(new ArrayList<>()));
        vgpus = new int[rules.size()][][];
        for (int k = 0; k < rules.size(); k++) {
            List<Naive> all = NaivePipelines.of(scenario, k, rules.get(k), planRules.maxStages(), true);
            pipelines.add(all);
            vgpus[k] = new int[all.size()][];
            for (int p = 0; p < all.size(); p++) {
                vgpus[k][p] = new int[all.get(p).stages().size()];
                for (int s = 0; s < vgpus[k][p].length; s++) {
                    jobs.get(all.get(p).stages().get(s).gpuClass()).add(new Job(k, p, s));
                }
            }
        }
        classOfGpu = IntStream.range(0, classes.size())
                .flatMap(g -> IntStream.generate(() -> g).limit(classes.get(g).count()))
                .toArray();
        serverOfGpu = IntStream.range(0, classes.size())
                .flatMap(g -> IntStream.range(0, classes.get(g).count())
                        .map(gpu -> scenario.cluster().serverOf(g, gpu)))
                .toArray();
        chosen = new int[classOfGpu.length];
        Arrays.fill(chosen, -1);
        choose(0);
    }

    static ServerLossBruteForce of(Scenario scenario, PlanRules planRules, List<ModelRules> rules) {
        return new ServerLossBruteForce(scenario, planRules, rules);
    }

    /** Returns the highest min over models of throughput ÷ weight that is left whichever server is lost. */
    double throughput() {
        return throughput;
    }

    /** Returns the lowest price per hour at which every demand is served whichever server is lost. */
    double price() {
        return price;
    }

    private void choose(int gpu) {
        if (gpu == chosen.length) {
            evaluate();
            return;
        }
        // GPUs of one server are alike: their jobs may be taken to ascend.
        boolean sameServer = gpu > 0 && serverOfGpu[gpu - 1] == serverOfGpu[gpu];
        List<Job> possible = jobs.get(classOfGpu[gpu]);
        for (int j = sameServer ? chosen[gpu - 1] : -1; j < possible.size(); j++) {
            chosen[gpu] = j;
            count(gpu, 1);
            choose(gpu + 1);
            count(gpu, -1);
        }
    }

    private void count(int gpu, int more) {
        if (chosen[gpu] >= 0) {
            Job job = jobs.get(classOfGpu[gpu]).get(chosen[gpu]);
            vgpus[job.model()][job.pipeline()][job.stage()] += more;
        }
    }

    private void evaluate() {
        double least = least();
        if (least <= 0) {
            return;
        }
        for (int server = 0; server < scenario.cluster().serverCount(); server++) {
            countServer(server, -1);
            least = Math.min(least, least());
            countServer(server, 1);
        }
        throughput = Math.max(throughput, least);
        if (least >= 1 - 1e-9) {
            price = Math.min(price, priceNow());
        }
    }

    private void countServer(int server, int more) {
        for (int gpu = 0; gpu < chosen.length; gpu++) {
            if (serverOfGpu[gpu] == server) {
                count(gpu, more);
            }
        }
    }

    private double least() {
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k < vgpus.length; k++) {
            double sum = 0;
            for (int p = 0; p < vgpus[k].length; p++) {
                double slowest = Double.POSITIVE_INFINITY;
                for (int s = 0; s < vgpus[k][p].length; s++) {
                    slowest = Math.min(
                            slowest,
                            vgpus[k][p][s] * pipelines.get(k).get(p).rates().get(s));
                }
                sum += slowest;
            }
            least = Math.min(least, sum / scenario.models().get(k).weight());
        }
        return least;
    }

    private double priceNow() {
        double sum = 0;
        for (int g = 0; g < jobs.size(); g++) {
            int of = g;
            var gpuClass = scenario.cluster().classes().get(g);
            IntStream used = IntStream.range(0, chosen.length).filter(gpu -> classOfGpu[gpu] == of && chosen[gpu] >= 0);
            long units = gpuClass.price().unit() == Price.Unit.GPU
                    ? used.count()
                    : used.map(gpu -> serverOfGpu[gpu]).distinct().count();
            sum += units * gpuClass.price().perHour();
        }
        return sum;
    }
}
