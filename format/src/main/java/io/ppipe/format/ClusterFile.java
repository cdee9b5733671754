package io.ppipe.format;

import io.ppipe.model.Cluster;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code cluster.yaml}: GPU classes and servers. See {@code docs/formats.md}. */
public final class ClusterFile {
    static final String FORMAT = "cluster";
    static final int VERSION = 1;
    static final List<String> KEYS = List.of("format", "version", "name", "time_scale", "classes");
    static final List<String> CLASS_KEYS = List.of(
            "name", "count", "gpus_per_server", "memory_gib", "shares", "nic_gbps", "price_per_hour", "executor");
    static final List<String> CPU_KEYS = List.of("type", "threads");
    static final List<String> EMULATED_KEYS =
            List.of("type", "convolution", "element_wise", "activation", "fixed_us_per_layer", "batch_gain");

    private static final double GIB = 1L << 30;
    private static final double GIGA = 1e9;

    private ClusterFile() {}

    /** @throws io.ppipe.model.BadInputException with file, line and value when it is not right */
    public static Cluster read(Path file) {
        Section root = Section.ofFile(file, FORMAT, VERSION, KEYS);
        List<GpuClass> classes = root.sections("classes", "a GPU class", CLASS_KEYS, ClusterFile::gpuClass);
        return root.make(() -> new Cluster(root.text("name"), classes, root.or("time_scale", 1.0, root::number)));
    }

    private static GpuClass gpuClass(Section section) {
        Executor executor = executor(section);
        return section.make(() -> new GpuClass(
                section.text("name"),
                section.count("count"),
                section.or("gpus_per_server", 1, section::count),
                Math.round(section.number("memory_gib") * GIB),
                section.or("shares", List.of(1), section::counts),
                section.number("nic_gbps") * GIGA,
                section.or("price_per_hour", 0.0, section::number),
                executor));
    }

    private static Executor executor(Section section) {
        var all = new ArrayList<>(EMULATED_KEYS);
        all.addAll(CPU_KEYS);
        String type = section.section(
                        "executor", "an executor", all.stream().distinct().toList())
                .text("type");
        return switch (type) {
            case "cpu" -> {
                Section cpu = section.section("executor", "a cpu executor", CPU_KEYS);
                yield cpu.make(() -> new Executor.Cpu(cpu.or("threads", 1, cpu::count)));
            }
            case "emulated" -> {
                Section emulated = section.section("executor", "an emulated executor", EMULATED_KEYS);
                yield emulated.make(() -> new Executor.Emulated(
                        emulated.number("convolution"),
                        emulated.number("element_wise"),
                        emulated.number("activation"),
                        emulated.or("fixed_us_per_layer", 0.0, emulated::number),
                        emulated.or("batch_gain", 0.0, emulated::number)));
            }
            default ->
                throw section.error("executor", "executor type '%s' is not one of [cpu, emulated].".formatted(type));
        };
    }

    /** Writes it as YAML, whole or not at all. */
    public static void write(Path file, Cluster cluster) {
        Map<String, Object> root = Writer.file(FORMAT, VERSION);
        root.put("name", cluster.name());
        root.put("time_scale", cluster.timeScale());
        root.put("classes", cluster.classes().stream().map(ClusterFile::tree).toList());
        AtomicFile.write(file, Writer.yaml(root));
    }

    private static Map<String, Object> tree(GpuClass gpuClass) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("name", gpuClass.name());
        tree.put("count", gpuClass.count());
        tree.put("gpus_per_server", gpuClass.gpusPerServer());
        tree.put("memory_gib", gpuClass.memoryBytes() / GIB);
        tree.put("shares", gpuClass.shares());
        tree.put("nic_gbps", gpuClass.nicBitsPerSecond() / GIGA);
        tree.put("price_per_hour", gpuClass.pricePerHour());
        var executor = new LinkedHashMap<String, Object>();
        switch (gpuClass.executor()) {
            case Executor.Cpu(int threads) -> {
                executor.put("type", "cpu");
                executor.put("threads", threads);
            }
            case Executor.Emulated emulated -> {
                executor.put("type", "emulated");
                executor.put("convolution", emulated.convolution());
                executor.put("element_wise", emulated.elementWise());
                executor.put("activation", emulated.activation());
                executor.put("fixed_us_per_layer", emulated.fixedMicrosPerLayer());
                executor.put("batch_gain", emulated.batchGain());
            }
        }
        tree.put("executor", executor);
        return tree;
    }
}
