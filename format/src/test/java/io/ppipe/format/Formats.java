package io.ppipe.format;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One format with all that tests do to every format alike.
 *
 * @param shapes every kind of object that its reader knows
 */
record Formats<T>(
        String name,
        List<Shape> shapes,
        Function<RandomRecords, T> random,
        BiConsumer<T, Path> write,
        Function<Path, T> read) {

    /** @param folder where files are written */
    static List<Formats<?>> all(Path folder) {
        return List.of(
                new Formats<>(
                        "cluster",
                        List.of(ClusterFile.FILE, ClusterFile.GPU_CLASS, ClusterFile.CPU, ClusterFile.EMULATED),
                        RandomRecords::cluster,
                        ClusterFile::write,
                        ClusterFile::read),
                new Formats<>(
                        "workload",
                        List.of(WorkloadFile.FILE, WorkloadFile.MODEL),
                        random -> random.workload(folder),
                        WorkloadFile::write,
                        WorkloadFile::read),
                new Formats<>(
                        "profile",
                        List.of(
                                ProfileFile.FILE,
                                ProfileFile.MODEL,
                                ProfileFile.BLOCK,
                                ProfileFile.CUT,
                                TensorFields.SHAPE,
                                LatencyFields.SHAPE,
                                LatencyFields.RUN,
                                LatencyFields.PROVENANCE,
                                LatencyFields.BAND),
                        RandomRecords::profile,
                        ProfileFile::write,
                        ProfileFile::read),
                new Formats<>(
                        "plan",
                        List.of(
                                PlanFile.FILE,
                                PlanFile.RULES,
                                PlanFile.CERTIFICATE,
                                PlanFile.MARGINAL_VALUES,
                                PlanFile.VGPU,
                                PipelineFields.MODEL,
                                PipelineFields.PIPELINE,
                                PipelineFields.STAGE,
                                TuningFields.TUNING,
                                TuningFields.ATTEMPT),
                        RandomRecords::plan,
                        PlanFile::write,
                        PlanFile::read),
                new Formats<>(
                        "evaluation",
                        List.of(
                                EvaluationFile.FILE,
                                EvaluationFile.ROW,
                                EvaluationFile.POINT,
                                EvaluationFile.MODEL,
                                EvaluationFile.UTILISATION),
                        RandomRecords::evaluation,
                        EvaluationFile::write,
                        EvaluationFile::read));
    }

    /** Writes random records. */
    void write(long seed, Path file) {
        write.accept(random.apply(new RandomRecords(seed)), file);
    }
}
