package io.ppipe.format;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Certificate;
import io.ppipe.model.Cluster;
import io.ppipe.model.Cut;
import io.ppipe.model.Demand;
import io.ppipe.model.ElementType;
import io.ppipe.model.Executor;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Price;
import io.ppipe.model.Profile;
import io.ppipe.model.Provenance;
import io.ppipe.model.Sharing;
import io.ppipe.model.Slo;
import io.ppipe.model.Stage;
import io.ppipe.model.TensorSpec;
import io.ppipe.model.Tuning;
import io.ppipe.model.Utilisation;
import io.ppipe.model.Vgpu;
import io.ppipe.model.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** Valid records of every kind, odd ones included: long names in any script, extreme numbers, empty lists. */
final class RandomRecords {
    private static final List<String> ODD_TEXTS = List.of(
            "yes",
            "null",
            "~",
            "1e5",
            "010",
            "a: b",
            "# no comment",
            "- x",
            "*alias",
            "&anchor",
            "\"quoted\"",
            "it's",
            "back\\slash",
            "two\nlines",
            "tab\there",
            " spaces ",
            "\u0000\u0007\u007f\u0085",
            "\u2028\ufeff\ufffe",
            "größe",
            "速い",
            "🚀 rocket",
            "{}",
            "[]",
            "<<",
            "%",
            "@",
            "`",
            "!!str",
            "0x1F",
            "12:30:45",
            ".inf",
            "=",
            "?",
            "|",
            ">");

    private final SplittableRandom random;

    RandomRecords(long seed) {
        random = new SplittableRandom(seed);
    }

    Cluster cluster() {
        boolean emulated = random.nextBoolean();
        List<GpuClass> classes = list(1, 4, i -> gpuClass(i, emulated));
        return new Cluster(text("c"), classes, emulated ? positive() : 1);
    }

    private GpuClass gpuClass(int i, boolean emulated) {
        return new GpuClass(
                text("g" + i),
                random.nextInt(1, ClusterFile.MAX_GPUS + 1),
                random.nextInt(1, 9),
                random.nextBoolean() ? random.nextLong(1, Long.MAX_VALUE) : random.nextLong(1, 100) << 30,
                ascending(),
                pick(Sharing.values()),
                positive(),
                random.nextBoolean() ? Price.UNKNOWN : new Price(positive(), pick(Price.Unit.values())),
                emulated ? emulated() : new Executor.Cpu(random.nextInt(1, Integer.MAX_VALUE)));
    }

    private Executor emulated() {
        return new Executor.Emulated(
                positive(),
                positive(),
                positive(),
                random.nextBoolean() ? 0 : positive(),
                random.nextDouble(),
                random.nextBoolean());
    }

    /** @param folder where the workload is going to be written: its paths are below or beside it */
    Workload workload(Path folder) {
        List<ModelDemand> models = list(
                1,
                4,
                i -> new ModelDemand(
                        modelName(i),
                        maybe(path(folder)),
                        new Slo(micros(), 1 - random.nextDouble()),
                        random.nextBoolean() ? new Demand.Rate(positive()) : new Demand.Weight(positive()),
                        pick(BoundaryType.values())));
        return new Workload(models, maybe(path(folder)));
    }

    Profile profile() {
        return new Profile(list(0, 4, this::modelProfile));
    }

    private ModelProfile modelProfile(int i) {
        int blocks = random.nextInt(1, 12);
        return new ModelProfile(
                modelName(i),
                random.nextBoolean() ? "" : text("hash"),
                pick(BoundaryType.values()),
                tensors(),
                tensors(),
                list(
                        blocks,
                        blocks + 1,
                        b -> new Block(
                                text("first"),
                                text("last"),
                                count(),
                                random.nextLong() >>> 1,
                                random.nextLong() >>> 1)),
                list(blocks - 1, blocks, b -> new Cut(tensors(), random.nextLong() >>> 1)),
                list(0, 4, t -> table(t, blocks)),
                random.nextBoolean() ? "" : text("note"));
    }

    private LatencyTable table(int i, int blocks) {
        List<Integer> batchSizes = ascending();
        return new LatencyTable(
                text("g" + i),
                count(),
                batchSizes,
                list(blocks, blocks + 1, b -> list(batchSizes.size(), batchSizes.size() + 1, c -> micros())),
                new Provenance(pick(Provenance.Kind.values()), text("cpu"), text("ort"), text(""), text("")),
                blocks < 2
                        ? List.of()
                        : list(
                                0,
                                2,
                                r -> new LatencyTable.Run(
                                        0, blocks, list(batchSizes.size(), batchSizes.size() + 1, c -> micros()))));
    }

    private List<TensorSpec> tensors() {
        return list(
                0,
                3,
                i -> new TensorSpec(
                        text("t"),
                        pick(ElementType.values()),
                        list(0, 5, d -> d == 0 && random.nextBoolean() ? -1L : micros())));
    }

    Plan plan() {
        List<ModelPlan> models = list(0, 4, this::modelPlan);
        var vgpus = new ArrayList<Vgpu>();
        for (int m = 0; m < models.size(); m++) {
            for (int p = 0; p < models.get(m).pipelines().size(); p++) {
                List<Stage> stages = models.get(m).pipelines().get(p).stages();
                for (int s = 0; s < stages.size(); s++) {
                    int shares = stages.get(s).sharesPerGpu();
                    vgpus.add(new Vgpu(
                            stages.get(s).gpuClass(),
                            random.nextInt(99),
                            random.nextInt(PlanFile.MAX_SLOTS),
                            shares,
                            m,
                            p,
                            s));
                }
            }
        }
        return new Plan(
                text("ppipe"),
                text("c"),
                positive(),
                text("f"),
                new PlanRules(count(), pick(Goal.values()), random.nextBoolean()),
                models,
                vgpus,
                new Certificate(
                        usual(), usual(), list(0, 3, i -> text("b")), text("scip"), pick(Certificate.Ended.values())),
                new MarginalValues(list(0, 4, i -> any()), list(0, 4, i -> any())),
                maybe(tuning()));
    }

    Evaluation evaluation() {
        var conditions = new LinkedHashMap<String, Double>();
        for (int i = random.nextInt(4); i > 0; i--) {
            conditions.put("c" + i, any());
        }
        return new Evaluation(text("s"), conditions, list(0, 3, i -> text("lose")), list(0, 4, i -> cell()));
    }

    private Evaluation.Row cell() {
        return new Evaluation.Row(
                new Evaluation.Cell(text("p"), text("deferred"), text("poisson"), random.nextLong()),
                text("f"),
                text(""),
                any(),
                any(),
                random.nextBoolean(),
                any(),
                list(0, 3, i -> new Evaluation.Point(any(), any(), random.nextBoolean(), random.nextBoolean(), any())),
                list(0, 3, i -> new Evaluation.Attained(text("m"), any(), any(), any())),
                list(0, 3, i -> new Utilisation(text("g"), any(), any())));
    }

    private Tuning tuning() {
        return new Tuning(text("deferred"), text("poisson"), random.nextLong(), any(), list(0, 4, i -> attempt()));
    }

    private Tuning.Attempt attempt() {
        return new Tuning.Attempt(
                text("ppipe"), list(0, 3, i -> any()), list(0, 3, i -> any()), any(), any(), list(0, 3, i -> any()));
    }

    private ModelPlan modelPlan(int i) {
        List<Pipeline> pipelines =
                list(0, 3, p -> new Pipeline(count(), positive(), list(1, 4, s -> stage(random.nextInt(1000)))));
        return new ModelPlan(
                modelName(i),
                micros(),
                any(),
                new ModelRules(random.nextDouble(), positive(), positive()),
                any(),
                pipelines,
                random.nextBoolean() ? "" : text("note"));
    }

    private Stage stage(int firstBlock) {
        return new Stage(firstBlock, firstBlock + random.nextInt(1, 99), text("g"), count(), count(), micros());
    }

    private String modelName(int i) {
        return pick(new String[] {"resnet", "yolo.v8", "_m-", "7"}) + i;
    }

    private Path path(Path folder) {
        return folder.resolve(
                        pick(new String[] {"m.onnx", "sub/größe m.onnx", "../beside.json", "../../up/x", "a'b\"c"}))
                .normalize();
    }

    private String text(String prefix) {
        return switch (random.nextInt(4)) {
            case 0 -> prefix + pick(ODD_TEXTS.toArray(String[]::new));
            case 1 -> pick(ODD_TEXTS.toArray(String[]::new)) + prefix + "x" + random.nextInt(1000);
            default -> prefix + random.nextInt(1000) + "_v";
        };
    }

    private int count() {
        return random.nextInt(8) == 0 ? Integer.MAX_VALUE : random.nextInt(1, 100);
    }

    private long micros() {
        return random.nextInt(8) == 0 ? Long.MAX_VALUE - random.nextInt(9) : random.nextLong(1, 1_000_000);
    }

    private double positive() {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(1, 100);
            case 1 -> Double.MIN_VALUE * random.nextInt(1, 9);
            case 2 -> Double.MAX_VALUE / random.nextInt(1, 9);
            case 3 -> random.nextDouble() * 1e12 + 1;
            default -> random.nextDouble() + 1e-9;
        };
    }

    private double any() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> -0.0;
            case 2 -> -positive();
            default -> positive();
        };
    }

    /** A number whose quotient with another one is finite, too. */
    private double usual() {
        return random.nextInt(4) == 0 ? 0 : random.nextDouble(1e-6, 1e9);
    }

    private List<Integer> ascending() {
        var numbers = new ArrayList<Integer>();
        int last = 0;
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            last += random.nextInt(1, 9);
            numbers.add(last);
        }
        return numbers;
    }

    private <T> Optional<T> maybe(T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> List<T> list(int least, int end, IntFunction<T> item) {
        int size = random.nextInt(least, end);
        var items = new ArrayList<T>(size);
        for (int i = 0; i < size; i++) {
            items.add(item.apply(i));
        }
        return items;
    }
}
