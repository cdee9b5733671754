package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.ppipe.model.BadInputException;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Scenario.ScenarioModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceFolderTest {
    private static final Pattern ALL = Pattern.compile("");

    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void writeFolder() throws IOException {
        SmallReference.write(folder);
    }

    private List<PlanTask> instances() {
        return new ReferenceFolder(folder).instances(ALL);
    }

    @Test
    void readsInstancesWithTheirClassesAndTables() {
        PlanTask two = instances().getFirst();

        assertThat(two.name()).isEqualTo("two-a");
        assertThat(two.maxStages()).isEqualTo(2);
        assertThat(two.scenario().cluster().classes())
                .extracting(GpuClass::count)
                .containsExactly(2, 6);
        assertThat(two.scenario().models()).extracting(ScenarioModel::name).containsExactly("m", "n");
        assertThat(two.scenario().models().getFirst().weight()).isEqualTo(0.6);
        assertThat(two.terms().get(1).ratePerSecond()).hasValue(700);
        assertThat(two.scenario()
                        .models()
                        .getFirst()
                        .profile()
                        .latencies("fast", 2)
                        .orElseThrow()
                        .latencyMicros(0, 2, 1))
                .isEqualTo(3500 + 3501);
        assertThat(instances().get(1).maxStages()).isEqualTo(3);
    }

    @Test
    void theBudgetIsTheFilesToAFractionOfAMicrosecond() {
        PlanTask two = instances().getFirst();

        long slo = two.scenario().models().getFirst().slo().latencyMicros();
        assertThat(slo).isEqualTo(40_001);
        assertThat(slo * (1 - two.terms().getFirst().margin())).isCloseTo(30_000.25, within(1e-9));
        assertThat(two.terms().get(1).margin()).isCloseTo(0.4, within(1e-12));
    }

    @Test
    void takesTheInstancesThatBeginWithAPattern() {
        assertThat(new ReferenceFolder(folder).instances(Pattern.compile("t[h]")))
                .extracting(PlanTask::name)
                .containsExactly("three-b");
        assertThatThrownBy(() -> new ReferenceFolder(folder).instances(Pattern.compile("wo-a")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("none of its 2 instances");
    }

    @Test
    void thePublishedObjectiveIsTheWorstModelsAndNeedsAllOfThem() throws IOException {
        var reference = new ReferenceFolder(folder);
        PlanTask two = instances().getFirst();

        assertThat(reference.publishedObjective(two, "ppipe")).hasValue(100);
        assertThat(reference.publishedObjective(two, "np")).isEmpty();
        assertThat(reference.publishedObjective(instances().get(1), "ppipe")).isEmpty();
        Files.delete(folder.resolve("published-plans.csv"));
        assertThat(reference.publishedObjective(two, "ppipe")).isEmpty();
    }

    @Test
    void clustersOfItsClassesHaveItsLargestServers() {
        var reference = new ReferenceFolder(folder);

        assertThat(reference.classNames()).containsExactly("fast", "slow");
        assertThat(reference.largestServers("fast", 50)).isEqualTo(new ReferenceFolder.ClassTerms("fast", 50, 2, 2));
        assertThat(reference.hasTables("m", reference.largestServers("fast", 1)))
                .isTrue();
        assertThat(reference.hasTables("absent", reference.largestServers("fast", 1)))
                .isFalse();
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(this::instances)
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll(parts)
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain("\n");
    }

    private void replace(String file, String before, String after) throws IOException {
        Path path = folder.resolve(file);
        String text = Files.readString(path);
        assertThat(text).contains(before);
        Files.writeString(path, text.replace(before, after));
    }

    @Test
    void namesTheLineThatIsWrong() throws IOException {
        replace("instances.csv", "two-a,c,n,50000,", "two-a,c,n,soon,");
        assertRefused("instances.csv:3", "slo_us ('soon')", "number");
    }

    @Test
    void aRowNeedsEveryCell() throws IOException {
        replace("instances.csv", "two-a,c,n,50000,", "two-a,c,n,");
        assertRefused("instances.csv:3", "10 cells", "11 columns");
    }

    @Test
    void aMarginThatLeavesNothingIsRefused() throws IOException {
        replace("instances.csv", "20000", "50000");
        assertRefused("instances.csv:3", "margin", "nothing");
    }

    @Test
    void oneInstanceHasOneCluster() throws IOException {
        replace("instances.csv", "two-a,c,n,50000,0.4,700,20000,1.2,2,10", "two-a,c,n,50000,0.4,700,20000,1.2,2,6");
        assertRefused("instances.csv:3", "nic_gbps", "'6'", "'10'", "line 2");
    }

    @Test
    void classesThatCannotBeReadAreRefused() throws IOException {
        replace("instances.csv", "slow:6:1:1", "slow:6");
        assertRefused("instances.csv:2", "classes", "name:count:GPUs-per-server:max-shares");
    }

    @Test
    void aMissingTableIsNamed() throws IOException {
        Files.delete(folder.resolve("block-latency-us/m/fast-2.csv"));
        assertRefused("instances.csv:2", "two-a", "model m", "fast with 2 share");
    }

    @Test
    void aTableMustHaveTheModelsBlocks() throws IOException {
        replace("block-latency-us/m/slow-1.csv", "2,6002,12000\n", "");
        assertRefused("slow-1.csv:3", "2 blocks", "3");
    }

    @Test
    void blocksStandInOrder() throws IOException {
        replace("block-latency-us/m/slow-1.csv", "1,6001", "2,6001");
        assertRefused("slow-1.csv:4", "block 2", "twice");
    }

    @Test
    void negativeLatenciesAreRefused() throws IOException {
        replace("block-latency-us/m/slow-1.csv", "1,6001", "1,-6001");
        assertRefused("slow-1.csv:3", "batch1", "-6001");
    }

    @Test
    void missingColumnsAndEmptyFilesAreNamed() throws IOException {
        replace("instances.csv", ",weight,", ",wait,");
        assertRefused("instances.csv:1", "weight", "missing");
        Files.writeString(folder.resolve("instances.csv"), "");
        assertRefused("instances.csv", "empty");
        assertThatThrownBy(() -> new ReferenceFolder(folder.resolve("none"))).hasMessageContaining("no such folder");
    }
}
