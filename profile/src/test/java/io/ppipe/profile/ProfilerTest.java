package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.ppipe.execute.OnnxRuntime;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.ElementType;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Price;
import io.ppipe.model.Progress;
import io.ppipe.model.Provenance;
import io.ppipe.model.Sharing;
import io.ppipe.model.TensorSpec;
import io.ppipe.zoo.SampleModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfilerTest {
    private static final Executor.Emulated FAST = new Executor.Emulated(1, 1, 1, 5, 0.5, true);
    private static final Executor.Emulated SLOW = new Executor.Emulated(5.0, 1.7, 9.9, 5, 0.5, true);
    private static final Cluster FAST_AND_SLOW =
            cluster(gpuClass("fast", List.of(1, 2), FAST), gpuClass("slow", List.of(1), SLOW));

    @TempDir
    private Path directory;

    @Test
    void profilesEveryBlockForEveryClassShareAndBatchSize() {
        ModelProfile profile = profileSample(FAST_AND_SLOW, settings(10, List.of(1, 2, 4, 8)));

        assertThat(profile.model()).isEqualTo("sample");
        assertThat(profile.modelSha256()).hasSize(64);
        assertThat(profile.blockCount()).isEqualTo(10);
        assertThat(profile.cuts()).hasSize(9).allMatch(cut -> cut.bytesPerRequest() > 0);
        assertThat(profile.latencies())
                .extracting(t -> t.gpuClass() + "/" + t.sharesPerGpu())
                .containsExactly("cpu/1", "fast/1", "fast/2", "slow/1");
        assertThat(profile.latencies()).allMatch(t -> t.batchSizes().equals(List.of(1, 2, 4, 8)));
        assertThat(latencies(profile, "cpu").provenance().kind()).isEqualTo(Provenance.Kind.MEASURED);
        assertThat(latencies(profile, "cpu").provenance().runtime())
                .isEqualTo("ONNX Runtime %s, 1 thread, optimisation none".formatted(OnnxRuntime.version()));
        assertThat(latencies(profile, "slow").provenance().kind()).isEqualTo(Provenance.Kind.EMULATED);
    }

    @Test
    void makesBlocksWhoseSlowdownOnASlowClassDiffers() {
        ModelProfile profile = profileSample(FAST_AND_SLOW, settings(10, List.of(1)));

        double[] slowdowns = IntStream.range(0, profile.blockCount())
                .mapToDouble(block -> (double) latencies(profile, "slow").latencyMicros(block, block + 1, 1)
                        / latencies(profile, "fast").latencyMicros(block, block + 1, 1))
                .sorted()
                .toArray();

        assertThat(slowdowns[0]).isGreaterThan(1);
        assertThat(slowdowns[slowdowns.length - 1]).isGreaterThan(1.1 * slowdowns[0]);
    }

    @Test
    void measuresTheWholeModelAsOneStageBesideItsBlocks() {
        LatencyTable cpu = latencies(profileSample(FAST_AND_SLOW, settings(10, List.of(1, 2))), "cpu");

        assertThat(cpu.blockMicros()).hasSize(10);
        assertThat(cpu.runs()).hasSize(1);
        LatencyTable.Run whole = cpu.runs().getFirst();
        assertThat(whole.firstBlock()).isZero();
        assertThat(whole.endBlock()).isEqualTo(10);
        for (int i = 0; i < 2; i++) {
            assertThat(cpu.latencyMicros(0, 10, i + 1)).isEqualTo(whole.micros().get(i));
        }
        assertThat(profileSample(FAST_AND_SLOW, settings(1, List.of(1))).latencies())
                .allMatch(table -> table.runs().isEmpty());
    }

    /** Stages that take a known time stand for a model of two blocks. */
    @Test
    void theTimeOfTheWholeIsThatOfItsStageAndNotTheSum() {
        List<Partition> partitions = Stream.of(List.of(0, 1), List.of(1, 2), List.of(0, 2))
                .map(blocks -> new Partition(
                        "two",
                        blocks.getFirst(),
                        blocks.getLast(),
                        directory.resolve("unread.onnx"),
                        List.of(),
                        List.of()))
                .toList();
        var passes = new Passes() {
            @Override
            public long[][] run(int batchSize) {
                return new long[][] {{batchSize * 10_000L, batchSize * 20_000L, batchSize * 24_000L}};
            }

            @Override
            public void close() {}
        };

        var measured = new BlockTimes("two", passes, settings(2, List.of(1, 2)), Progress.NONE)
                .measure(List.of(1, 2), 1_000_000_000);
        LatencyTable table = new MeasuredStages(partitions, 2)
                .table(
                        "cpu",
                        1,
                        List.of(1, 2),
                        measured.micros(),
                        new Provenance(Provenance.Kind.MEASURED, "a device", "a runtime", "2026-11-25"));

        assertThat(table.blockMicros()).containsExactly(List.of(10L, 20L), List.of(20L, 40L));
        assertThat(table.runs()).containsExactly(new LatencyTable.Run(0, 2, List.of(24L, 48L)));
        assertThat(table.latencyMicros(0, 2, 2)).isEqualTo(48);
        assertThat(table.sumMicros(0, 2, 2)).isEqualTo(60);
    }

    @Test
    void measuresEveryRunOfBlocksIfAsked() {
        ProfileSettings short4 = settings(4, List.of(1));
        var everyRun = new ProfileSettings(
                4, List.of(1), 1, 9, short4.timeLimit(), short4.session(), short4.precision(), true);

        LatencyTable cpu = latencies(profileSample(FAST_AND_SLOW, everyRun), "cpu");

        assertThat(cpu.runs())
                .extracting(run -> run.firstBlock() + "-" + run.endBlock())
                .containsExactly("0-2", "1-3", "2-4", "0-3", "1-4", "0-4");
    }

    @Test
    void recordsConditionsAndHowWellTimesAreKnown() {
        Provenance provenance = latencies(profileSample(FAST_AND_SLOW, settings(2, List.of(1))), "cpu")
                .provenance();

        assertThat(provenance.conditions()).contains(System.getProperty("os.name"), "median within 2.0 %", "outliers");
    }

    @Test
    void goesOnWhereItWasStopped() {
        ProfileSettings settings = settings(3, List.of(1));
        Cluster cluster = cluster(
                gpuClass("cpu", List.of(1), new Executor.Cpu(1)), gpuClass("wide", List.of(1), new Executor.Cpu(2)));
        var parts = new ArrayList<ModelProfile>();
        Profiler.profile(
                "sample",
                sample(),
                BoundaryType.UNCHANGED,
                cluster,
                settings,
                Optional.empty(),
                new Earlier(Optional.empty(), Optional.empty(), parts::add),
                Progress.NONE);
        assertThat(parts).hasSize(2);
        assertThat(parts.getFirst().latencies()).hasSize(1); // stopped after the first table

        ModelProfile whole = Profiler.profile(
                "sample",
                sample(),
                BoundaryType.UNCHANGED,
                cluster,
                settings,
                Optional.empty(),
                new Earlier(Optional.empty(), Optional.of(parts.getFirst()), profile -> {}),
                Progress.NONE);

        assertThat(whole.blocks()).isEqualTo(parts.getFirst().blocks());
        assertThat(whole.latencies("cpu", 1)).isEqualTo(parts.getFirst().latencies("cpu", 1));
        assertThat(whole.latencies("wide", 1)).isPresent();
    }

    @Test
    void partsOfAnotherNumberOfBlocksAreLeft() {
        var parts = new ArrayList<ModelProfile>();
        profileFloat16(settings(3, List.of(1)), new Earlier(Optional.empty(), Optional.empty(), parts::add));
        assertThat(parts.getLast().note()).isNotEmpty(); // about float16, not about blocks

        ModelProfile other = profileFloat16(
                settings(2, List.of(1)), new Earlier(Optional.empty(), Optional.of(parts.getLast()), profile -> {}));

        assertThat(other.blockCount()).isEqualTo(2);
    }

    private ModelProfile profileFloat16(ProfileSettings settings, Earlier earlier) {
        return Profiler.profile(
                "sample",
                sample(),
                BoundaryType.FLOAT16,
                FAST_AND_SLOW,
                settings,
                Optional.empty(),
                earlier,
                Progress.NONE);
    }

    @Test
    void mergesOneClassIntoAProfileAndKeepsTheOthers() {
        ModelProfile before = profileSample(FAST_AND_SLOW, settings(3, List.of(1)));
        Cluster cluster = cluster(gpuClass("measured", List.of(1, 2), new Executor.Cpu(1)));
        var parts = new ArrayList<ModelProfile>();

        ModelProfile merged = Profiler.profile(
                "sample",
                sample(),
                BoundaryType.UNCHANGED,
                cluster,
                settings(10, List.of(1, 2)),
                Optional.of("measured"),
                new Earlier(Optional.of(before), Optional.empty(), parts::add),
                Progress.NONE);

        // Old tables are not among the parts: a run that goes on would take them for measured now.
        assertThat(parts.getLast().latencies())
                .extracting(LatencyTable::gpuClass)
                .containsExactly("measured", "measured");
        assertThat(merged.blocks()).isEqualTo(before.blocks());
        assertThat(merged.latencies()).hasSize(6).startsWith(before.latencies().toArray(LatencyTable[]::new));
        assertThat(merged.latencies("measured", 2).orElseThrow().batchSizes()).containsExactly(1, 2);
    }

    @Test
    void refusesToMergeAnotherFileOrAClassThatIsNotMeasured() {
        ModelProfile before = profileSample(FAST_AND_SLOW, settings(2, List.of(1)));
        Path other = directory.resolve("other.onnx");
        SampleModel.write(other, 2);
        var merge = new Earlier(Optional.of(before), Optional.empty(), profile -> {});

        assertThatThrownBy(() -> Profiler.profile(
                        "sample",
                        other,
                        BoundaryType.UNCHANGED,
                        FAST_AND_SLOW,
                        settings(2, List.of(1)),
                        Optional.empty(),
                        merge,
                        Progress.NONE))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("the profile to merge into is of another file");
        assertThatThrownBy(() -> Profiler.profile(
                        "sample",
                        sample(),
                        BoundaryType.UNCHANGED,
                        FAST_AND_SLOW,
                        settings(2, List.of(1)),
                        Optional.of("slow"),
                        Earlier.NOTHING,
                        Progress.NONE))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("is emulated");
    }

    @Test
    void measuresCpuClassesWithTheirOwnThreads() {
        Cluster cluster = cluster(
                gpuClass("cpu", List.of(1), new Executor.Cpu(1)), gpuClass("wide", List.of(1, 2), new Executor.Cpu(2)));

        ModelProfile profile = profileSample(cluster, settings(2, List.of(1)));

        assertThat(profile.latencies())
                .extracting(t -> t.gpuClass() + "/" + t.sharesPerGpu())
                .containsExactly("cpu/1", "wide/1", "wide/2");
        assertThat(profile.latencies()).allMatch(t -> t.provenance().kind().equals(Provenance.Kind.MEASURED));
        assertThat(latencies(profile, "wide").provenance().runtime()).contains("2 threads");
    }

    @Test
    void countsHalfTheBytesWhereTheBoundaryIsFloat16() {
        ProfileSettings settings = settings(2, List.of(1));
        ModelProfile unchanged = profileSample(FAST_AND_SLOW, settings);

        ModelProfile halved =
                Profiler.profile("sample", sample(), BoundaryType.FLOAT16, FAST_AND_SLOW, settings, Progress.NONE);

        assertThat(halved.boundary()).isEqualTo(BoundaryType.FLOAT16);
        assertThat(halved.note())
                .matches("Float16 at every cut changes outputs by up to \\d\\.\\de-0[3-9] of the largest value\\.");
        assertThat(halved.cuts().getFirst().bytesPerRequest())
                .isLessThanOrEqualTo(unchanged.cuts().getFirst().bytesPerRequest() / 2);
        assertThat(wholeMicros(halved)).isPositive();
    }

    @Test
    void profilesAModelWithoutAValidCutAsOneBlockAndSaysWhy() {
        var node = NodeProto.newBuilder().setOpType("Relu").addInput("x").addOutput("y");

        ModelProfile profile =
                profile(write(node, List.of(-1L, 4L)), FAST_AND_SLOW, settings(10, List.of(1, 2)), Progress.NONE);

        assertThat(profile.blockCount()).isEqualTo(1);
        assertThat(profile.cuts()).isEmpty();
        assertThat(profile.note()).contains("no valid cut");
    }

    @Test
    void measuresAModelThatTakesAnyBatchInNameOnlyAtBatchOne() {
        ModelProfile profile = profile(reshapedToBatchOne(), FAST_AND_SLOW, settings(10, List.of(1, 2)), Progress.NONE);

        assertThat(profile.latencies()).allMatch(t -> t.batchSizes().equals(List.of(1)));
        assertThat(profile.note()).contains("batch");
    }

    @Test
    void saysAtWhichBatchSizeABlockCannotRun() {
        var x = new TensorSpec("x", ElementType.FP32, List.of(-1L, 4L));
        var y = new TensorSpec("y", ElementType.FP32, List.of(-1L, 4L));
        var block = new Partition("reshaped", 0, 1, reshapedToBatchOne(), List.of(x), List.of(y));
        ProfileSettings settings = settings(1, List.of(1, 2));

        try (Passes passes = LocalPasses.open("reshaped", List.of(block), settings.session(), 2)) {
            var times = new BlockTimes("reshaped", passes, settings, Progress.NONE);
            assertThat(times.measure(List.of(1), 1_000_000).micros()).hasSize(1);
            assertThatThrownBy(() -> times.measure(List.of(1, 2), 1_000_000))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith("reshaped: it cannot be run at batch size 2 ")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void tellsItsProgress() {
        var told = new ArrayList<String>();
        Progress progress = (what, done, total) -> {
            if (done == total) {
                told.add(what);
            }
        };

        profile(sample(), FAST_AND_SLOW, settings(2, List.of(1, 2)), progress);

        assertThat(told).containsExactly("measure layers of sample", "measure blocks of sample");
    }

    @Test
    void leavesNoFilesBehind() throws IOException {
        long before = temporaryFiles();

        profileSample(FAST_AND_SLOW, settings(2, List.of(1)));

        assertThat(temporaryFiles()).isEqualTo(before);
    }

    @Test
    void refusesAnEmulatedClassCalledCpu() {
        Cluster cluster = cluster(gpuClass("cpu", List.of(1), FAST));

        assertThatThrownBy(() -> profileSample(cluster, settings(2, List.of(1))))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("GPU class cpu must not be emulated");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inception_v1", "resnet50", "shufflenet", "squeezenet"})
    void profilesARealGraphWithAFixedBatch(String name) {
        Path onnx = Path.of(System.getProperty("ppipe.root"))
                .resolveSibling("shared")
                .resolve("reference/onnx/light_" + name + ".onnx");
        assumeTrue(Files.exists(onnx), "The reference graphs are not beside this checkout.");

        ModelProfile profile = profile(onnx, FAST_AND_SLOW, settings(10, List.of(1, 2, 4, 8)), Progress.NONE);

        // Bounds are on measured times; on a busy machine these may leave no choice of 10 blocks, and then it says so.
        assertThat(profile.blockCount()).isBetween(5, 10);
        assertThat(profile.note())
                .isEqualTo(
                        profile.blockCount() == 10
                                ? ""
                                : "%d blocks instead of 10: with more, no choice of cuts keeps every block within 0.4 and 4.0 of an even share."
                                        .formatted(profile.blockCount()));
        assertThat(profile.latencies()).hasSize(4).allMatch(t -> t.batchSizes().equals(List.of(1)));
        assertThat(wholeMicros(profile)).isGreaterThan(100);
    }

    private ModelProfile profileSample(Cluster cluster, ProfileSettings settings) {
        return profile(sample(), cluster, settings, Progress.NONE);
    }

    private static ModelProfile profile(Path onnx, Cluster cluster, ProfileSettings settings, Progress progress) {
        return Profiler.profile("sample", onnx, BoundaryType.UNCHANGED, cluster, settings, progress);
    }

    private Path sample() {
        Path onnx = directory.resolve("sample.onnx");
        SampleModel.write(onnx, 1);
        return onnx;
    }

    private Path reshapedToBatchOne() {
        var shape = TensorProto.newBuilder()
                .setName("shape")
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(2)
                .addAllInt64Data(List.of(1L, 4L));
        var node = NodeProto.newBuilder()
                .setOpType("Reshape")
                .addInput("x")
                .addInput("shape")
                .addOutput("y");
        return write(node, List.of(-1L, 4L), shape);
    }

    /** A model of one node: x → node → y, both of one shape. */
    private Path write(NodeProto.Builder node, List<Long> shape, TensorProto.Builder... weights) {
        var graph = GraphProto.newBuilder()
                .setName("one node")
                .addNode(node)
                .addInput(ValueInfos.of(new TensorSpec("x", ElementType.FP32, shape)))
                .addOutput(ValueInfos.of(new TensorSpec("y", ElementType.FP32, shape)));
        for (TensorProto.Builder weight : weights) {
            graph.addInitializer(weight);
        }
        var model = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build();
        try {
            return Files.write(directory.resolve("one-node.onnx"), model.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Too short for good figures, long enough for all steps. */
    private static ProfileSettings settings(int blocks, List<Integer> batchSizes) {
        return new ProfileSettings(
                blocks,
                batchSizes,
                1,
                9,
                Duration.ofMillis(500),
                new SessionSettings(1, Optimisation.NONE),
                0.02,
                false);
    }

    private static LatencyTable latencies(ModelProfile profile, String gpuClass) {
        return profile.latencies(gpuClass, 1).orElseThrow();
    }

    private static long wholeMicros(ModelProfile profile) {
        return latencies(profile, Profiler.CPU).latencyMicros(0, profile.blockCount(), 1);
    }

    /** Files of this process: others may profile at the same time. */
    private static long temporaryFiles() throws IOException {
        String pid = "-" + ProcessHandle.current().pid() + "-";
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("ppipe-") && name.contains(pid))
                    .count();
        }
    }

    private static Cluster cluster(GpuClass... classes) {
        return new Cluster("test", List.of(classes), 1);
    }

    private static GpuClass gpuClass(String name, List<Integer> shares, Executor executor) {
        return new GpuClass(name, 4, 4, 1L << 34, shares, Sharing.MPS, 1e10, Price.UNKNOWN, executor);
    }
}
