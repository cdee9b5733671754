package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read back equal, and written again gives the same bytes. */
class RoundTripTest {
    private static final int ROUNDS = 60;

    @TempDir
    Path folder;

    @Test
    void clustersComeBackEqual() {
        eachSeed("cluster.yaml", RandomRecords::cluster, ClusterFile::write, ClusterFile::read);
        eachSeed("cluster.json", RandomRecords::cluster, ClusterFile::write, ClusterFile::read);
    }

    @Test
    void workloadsComeBackEqual() {
        eachSeed("workload.yaml", r -> r.workload(folder), WorkloadFile::write, WorkloadFile::read);
        eachSeed("workload.json", r -> r.workload(folder), WorkloadFile::write, WorkloadFile::read);
    }

    @Test
    void profilesComeBackEqualWithTheSameFingerprint() {
        eachSeed("profile.json", RandomRecords::profile, ProfileFile::write, ProfileFile::read);
        var profile = new RandomRecords(1).profile();
        ProfileFile.write(profile, folder.resolve("p.json"));
        assertThat(ProfileFile.read(folder.resolve("p.json")).fingerprint()).isEqualTo(profile.fingerprint());
    }

    @Test
    void plansComeBackEqual() {
        eachSeed("plan.json", RandomRecords::plan, PlanFile::write, PlanFile::read);
    }

    @Test
    void evaluationsComeBackEqual() {
        eachSeed("evaluation.json", RandomRecords::evaluation, EvaluationFile::write, EvaluationFile::read);
    }

    private <T> void eachSeed(
            String name, Function<RandomRecords, T> make, BiConsumer<T, Path> write, Function<Path, T> read) {
        long start = System.nanoTime();
        for (long seed = start; seed < start + ROUNDS; seed++) {
            T made = make.apply(new RandomRecords(seed));
            Path file = folder.resolve(name);
            write.accept(made, file);
            String text = text(file);
            T back = read.apply(file);
            assertThat(back).as("%s, seed %d:%n%s", name, seed, text).isEqualTo(made);
            write.accept(back, file);
            assertThat(text(file)).as("%s written again, seed %d", name, seed).isEqualTo(text);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
