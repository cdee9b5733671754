package io.ppipe.format;

import io.ppipe.model.Cluster;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Price;
import io.ppipe.model.Sharing;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads and writes {@code cluster.yaml}: the GPUs to plan for, written by people. See {@code docs/formats.md} and {@code
 * schemas/cluster.v1.schema.json}. A file whose name ends in {@code .json} is JSON, any other YAML.
 */
public final class ClusterFile {
    static final Shape FILE = Header.CLUSTER.shape("name", "time_scale", "classes");
    static final Shape GPU_CLASS = Shape.of(
            "a GPU class",
            "name",
            "count",
            "gpus_per_server",
            "memory_gib",
            "shares",
            "sharing",
            "nic_gbps",
            "price_per_hour",
            "server_price_per_hour",
            "executor");
    static final Shape CPU = Shape.of("an executor of type cpu", "type", "threads");
    static final Shape EMULATED = Shape.of(
            "an executor of type emulated",
            "type",
            "convolution",
            "element_wise",
            "activation",
            "fixed_us_per_layer",
            "batch_gain",
            "compute");

    /** Most GPUs of a class, and of a server: keeps sums over classes far from overflow. */
    static final int MAX_GPUS = 1_000_000;

    private static final Map<String, Shape> EXECUTORS = executors();

    private ClusterFile() {}

    private static Map<String, Shape> executors() {
        var shapes = new LinkedHashMap<String, Shape>();
        shapes.put("cpu", CPU);
        shapes.put("emulated", EMULATED);
        return shapes;
    }

    /**
     * Reads a cluster.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be read or says something that is wrong
     */
    public static Cluster read(Path file) {
        Node root = NodeReader.yamlOrJson(file, NodeReader.MAX_HAND_WRITTEN_BYTES);
        Fields fields = Header.CLUSTER.open(file.toString(), root, FILE);
        String name = fields.text("name");
        double timeScale = fields.number("time_scale", 1);
        List<GpuClass> classes = fields.objects("classes", GPU_CLASS, ClusterFile::gpuClass);
        return fields.build(() -> new Cluster(name, classes, timeScale));
    }

    private static GpuClass gpuClass(Fields fields) {
        String name = fields.text("name");
        int count = fields.whole("count");
        int gpusPerServer = fields.whole("gpus_per_server", 1);
        for (String key : List.of("count", "gpus_per_server")) {
            if (fields.whole(key, 1) > MAX_GPUS) {
                throw fields.problem(
                        key, "key '%s' (%d) must be at most %d".formatted(key, fields.whole(key), MAX_GPUS));
            }
        }
        long memoryBytes = fields.quantity("memory_gib").gibToBytes();
        List<Integer> shares = fields.has("shares") ? fields.wholes("shares") : List.of(1);
        Sharing sharing = fields.has("sharing") ? fields.choice("sharing", Words.SHARINGS) : Sharing.MPS;
        double nicBitsPerSecond = fields.quantity("nic_gbps").gigaToUnits();
        Price price = fields.build(price(fields));
        Executor executor = executor(fields.variant("executor", "type", EXECUTORS));
        return fields.build(() -> new GpuClass(
                name, count, gpusPerServer, memoryBytes, shares, sharing, nicBitsPerSecond, price, executor));
    }

    private static Supplier<Price> price(Fields fields) {
        if (!fields.has("server_price_per_hour")) {
            double perGpu = fields.number("price_per_hour", 0);
            return () -> new Price(perGpu, Price.Unit.GPU);
        }
        if (fields.has("price_per_hour")) {
            throw fields.problem("a GPU class has either 'price_per_hour' or 'server_price_per_hour', not both");
        }
        double perServer = fields.number("server_price_per_hour");
        return () -> new Price(perServer, Price.Unit.SERVER);
    }

    private static Executor executor(Fields fields) {
        if (fields.text("type").equals("cpu")) {
            int threads = fields.whole("threads", 1);
            return fields.build(() -> new Executor.Cpu(threads));
        }
        double convolution = fields.number("convolution");
        double elementWise = fields.number("element_wise");
        double activation = fields.number("activation");
        double fixedMicrosPerLayer = fields.number("fixed_us_per_layer", 0);
        double batchGain = fields.number("batch_gain", 0);
        boolean compute = fields.truth("compute", true);
        return fields.build(() ->
                new Executor.Emulated(convolution, elementWise, activation, fixedMicrosPerLayer, batchGain, compute));
    }

    /**
     * Writes a cluster, whole or not at all; what was there before is replaced.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be written
     */
    public static void write(Cluster cluster, Path file) {
        var root = Header.CLUSTER
                .begin()
                .text("name", cluster.name())
                .number("time_scale", cluster.timeScale())
                .objects("classes", cluster.classes(), ClusterFile::node);
        OutputText.yamlOrJson(root.build(), file);
    }

    private static NodeBuilder node(GpuClass gpuClass) {
        return new NodeBuilder()
                .text("name", gpuClass.name())
                .whole("count", gpuClass.count())
                .whole("gpus_per_server", gpuClass.gpusPerServer())
                .decimal("memory_gib", Quantity.bytesToGib(gpuClass.memoryBytes()))
                .wholes("shares", gpuClass.shares())
                .text("sharing", Words.of(Words.SHARINGS, gpuClass.sharing()))
                .decimal("nic_gbps", Quantity.unitsToGiga(gpuClass.nicBitsPerSecond()))
                .number(
                        switch (gpuClass.price().unit()) {
                            case GPU -> "price_per_hour";
                            case SERVER -> "server_price_per_hour";
                        },
                        gpuClass.price().perHour())
                .object("executor", node(gpuClass.executor()));
    }

    private static NodeBuilder node(Executor executor) {
        return switch (executor) {
            case Executor.Cpu(int threads) ->
                new NodeBuilder().text("type", "cpu").whole("threads", threads);
            case Executor.Emulated emulated ->
                new NodeBuilder()
                        .text("type", "emulated")
                        .number("convolution", emulated.convolution())
                        .number("element_wise", emulated.elementWise())
                        .number("activation", emulated.activation())
                        .number("fixed_us_per_layer", emulated.fixedMicrosPerLayer())
                        .number("batch_gain", emulated.batchGain())
                        .truth("compute", emulated.compute());
        };
    }
}
