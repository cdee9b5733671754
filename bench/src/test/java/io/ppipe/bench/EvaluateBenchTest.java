package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ppipe.schedule.DeferredPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench evaluate} and {@code bench study} on a folder of invented figures. */
class EvaluateBenchTest {
    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void writeFolder() throws IOException {
        SmallReference.write(folder);
    }

    private Path file() {
        return folder.resolve("rows.json");
    }

    private Ended bench(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--reference=" + folder);
        all.add("--json=" + file());
        return Ended.of(all);
    }

    private Ended ok(String... arguments) {
        Ended ended = bench(arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended;
    }

    private List<Map<String, @Nullable Object>> rows() {
        var report = new JsonMapper().readValue(file().toFile(), new TypeReference<Map<String, @Nullable Object>>() {});
        assertThat(report).containsEntry("complete", true);
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        for (Object row : (List<?>) Objects.requireNonNull(report.get("rows"))) {
            rows.add(new JsonMapper().convertValue(row, new TypeReference<>() {}));
        }
        return rows;
    }

    private static List<Double> numbers(Map<String, @Nullable Object> row, String key) {
        return EvaluateTables.numbers(row, key);
    }

    @Test
    void reproducesThePublishedSearchOfEachModelAlone() {
        Ended ended = ok("evaluate", "--part", "reproduced", "--instances", "two");

        assertThat(rows()).hasSize(4).allSatisfy(row -> {
            assertThat(row)
                    .containsEntry("part", "reproduced")
                    .containsEntry("instance", "two-a")
                    .containsEntry("plans", "published-ppipe")
                    .containsEntry("models", List.of("m", "n"))
                    .containsKey("seconds");
            assertThat(numbers(row, "load_factor")).hasSize(2).allMatch(factor -> factor > 0.2 && factor < 1.3);
            for (int model = 0; model < 2; model++) {
                double steps = numbers(row, "load_factor_in_steps").get(model);
                assertThat(numbers(row, "load_factor").get(model))
                        .isBetween(steps - 0.06, steps >= 1 ? 1.3 : steps + 0.11);
            }
        });
        assertThat(rows())
                .extracting(row -> row.get("policy"))
                .containsExactlyInAnyOrder("published", "reservation", "reactive", "deferred");
        assertThat(ended.out())
                .containsPattern("two-a +published-ppipe +deferred ")
                .contains("95.0 90.0", "92.5");
    }

    @Test
    void joinedRowsSayWhatIsOfferedToEachModelAndServedInAll() {
        Ended ended = ok("evaluate", "--part", "policies,ablation", "--seeds", "2", "--instances", "two");

        assertThat(rows()).hasSize(2 * (3 + DeferredPart.values().length)).allSatisfy(row -> {
            assertThat(row)
                    .containsEntry("instance", "two-a")
                    .containsEntry("plans", "published-ppipe")
                    .containsEntry("arrivals", "poisson")
                    .containsKey("seconds");
            double load = Cells.number(row, "load");
            assertThat(load).isBetween(0.3, 1.1);
            assertThat(numbers(row, "load_factor"))
                    .hasSize(2)
                    .allSatisfy(factor -> assertThat(factor).isCloseTo(load, within(1e-9)));
            assertThat(numbers(row, "load_factor_of_plan")).isEqualTo(numbers(row, "load_factor"));
            assertThat(numbers(row, "offered_rps").getFirst() / load).isCloseTo(285, within(1e-6));
            assertThat(Cells.number(row, "min_throughput_over_weight")).isBetween(0.9 * load * 475, 1.05 * load * 475);
            assertThat((Map<?, ?>) row.get("utilisation")).hasSize(2);
        });
        assertThat(rows())
                .filteredOn(row -> "ablation".equals(row.get("part")))
                .hasSize(2 * (1 + DeferredPart.values().length));
        assertThat(ended.out())
                .containsPattern("two-a +poisson +deferred +0\\.[0-9]+ +0\\.[0-9]+ +fast 0\\.[0-9]+, slow 0\\.[0-9]+")
                .contains("Mean load, poisson, deferred: ", "deferred − reservation", "deferred without pacing");
    }

    @Test
    void tunedPlansStandBesideThePublishedOne() {
        Ended ended = ok("evaluate", "--part", "tuned", "--quick", "--seeds", "1", "--instances", "two");

        List<Map<String, @Nullable Object>> rows = rows();
        assertThat(rows).extracting(row -> row.get("plans")).containsExactly("tuned", "tuned-np", "published-ppipe");
        Map<String, @Nullable Object> tuned = rows.getFirst();
        assertThat(tuned).containsKeys("tuning_seconds", "repeatable", "margins", "utilisation", "seconds");
        assertThat(Cells.number(tuned, "min_throughput_over_weight"))
                .isGreaterThan(Cells.number(rows.getLast(), "min_throughput_over_weight"))
                .isLessThan(Cells.number(tuned, "bound"));
        assertThat(numbers(tuned, "load_factor").getFirst())
                .isCloseTo(numbers(tuned, "offered_rps").getFirst() / 285, within(1e-9));
        assertThat(numbers(tuned, "load_factor_of_plan").getFirst()).isLessThan(1.1);
        assertThat(ended.out()).contains("÷ attained.csv", "Mean ÷ attained.csv ");
    }

    @Test
    void withoutAPublishedPlanThereIsNoLoadFactor() {
        ok("evaluate", "--part", "tuned", "--quick", "--seeds", "1", "--instances", "three");

        assertThat(rows()).isNotEmpty().allSatisfy(row -> {
            assertThat((List<?>) row.get("load_factor")).hasSize(1).containsOnlyNulls();
            assertThat(numbers(row, "load_factor_of_plan").getFirst()).isPositive();
        });
    }

    @Test
    void theSameCommandGoesOnAndOtherSettingsAreRefused() throws IOException {
        String[] command = {"evaluate", "--part", "policies", "--seeds", "1", "--instances", "two"};
        ok(command);
        String first = Files.readString(file());

        ok(command);
        assertThat(Files.readString(file())).isEqualTo(first);

        Ended other = bench("evaluate", "--part", "policies", "--seeds", "2", "--instances", "two");
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err().strip().lines()).hasSize(1);
        assertThat(other.err()).contains("rows.json", "seeds=1", "seeds=2", "--restart");
    }

    @Test
    void aSmallClusterIsStudiedModelByModel() {
        Ended ended = ok("study", "--study", "small", "--instances", "three");

        Map<String, @Nullable Object> row = rows().getFirst();
        assertThat(row)
                .containsEntry("instance", "three-b")
                .containsEntry("model", "n")
                .containsKey("seconds");
        assertThat(Cells.number(row, "tuned")).isGreaterThanOrEqualTo(Cells.number(row, "tuned_np"));
        assertThat(Cells.number(row, "tuned_np")).isPositive();
        assertThat(ended.out()).contains("margin_40").containsPattern("three-b +n +[0-9.]+ ");
    }

    @Test
    void oneMarginForAllModelsIsSwept() {
        ok("study", "--study", "margins", "--instances", "three");

        List<Map<String, @Nullable Object>> rows = rows();
        assertThat(rows).hasSize(13);
        assertThat(rows.stream().map(row -> Cells.number(row, "margin")).toList())
                .startsWith(0.0, 0.05)
                .endsWith(0.6);
        for (Map<String, @Nullable Object> row : rows) {
            assertThat(Cells.number(row, "ppipe_deferred")).isLessThan(1.1 * Cells.number(row, "ppipe_planned"));
            assertThat(Cells.number(row, "ppipe_planned"))
                    .isLessThanOrEqualTo(Cells.number(rows.getFirst(), "ppipe_planned"))
                    .isGreaterThanOrEqualTo(0.99 * Cells.number(row, "np_planned"));
        }
        assertThat(Cells.number(rows.get(4), "ppipe_deferred")).isPositive();
    }

    @Test
    void whatDisturbsIsTunedWithAndWithout() {
        Ended ended = ok("study", "--study", "robust", "--instances", "three");

        List<Map<String, @Nullable Object>> rows = rows();
        assertThat(rows.stream().map(row -> row.get("world")).distinct())
                .containsExactly(
                        "exact",
                        "service noise 5 %",
                        "1 % of transfers held up",
                        "one server's link 5 x slower",
                        "profile wrong by 20 %");
        for (Map<String, @Nullable Object> row : rows) {
            if (row.get("world") instanceof String world && world.equals("exact")) {
                assertThat(Cells.number(row, "tuned_with")).isPositive().isEqualTo(Cells.number(row, "tuned_without"));
            }
            assertThat(row.get("margins_with"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .hasSizeLessThan(2);
        }
        assertThat(ended.out()).contains("tuned_without").contains("service noise 5 %");
    }

    @Test
    void aFinishedStudyIsPrintedFromItsFile() throws IOException {
        var rows = new ArrayList<String>();
        for (double scale : new double[] {2, 3, 4, 5, 7, 10}) {
            for (int fast : new int[] {12, 25, 50}) {
                rows.add("""
                    {"cell": "three-b slo %s fast %d", "instance": "three-b", "slo_scale": %s, "fast_percent": %d,
                     "tuned": 150, "tuned_np": %s, "bound": 180, "bound_np": 120, "seconds": %s}
                    """.formatted(scale, fast, scale, fast, scale == 2 ? "0" : "100", scale));
            }
        }
        Files.writeString(file(), """
            {"format": "report", "version": 1, "kind": "bench-study-pays", "settings": "full=false",
             "complete": true, "rows": [%s]}
            """.formatted(String.join(",", rows)));

        Ended ended = ok("study", "--study", "pays", "--instances", "three");

        assertThat(ended.out())
                .containsPattern("3\\.0 +25 % +1\\.5000 +1\\.5000 +3\\.00")
                .containsPattern("2\\.0 +25 % +- +1\\.5000 +2\\.00"); // whole models serve nothing there
    }

    @Test
    void whatIsUnknownIsWrongUsage() {
        for (Ended ended : List.of(
                bench("evaluate", "--part", "policies,polices"), bench("study", "--study", "pay"), bench("study"))) {
            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.err().strip().lines()).hasSize(2); // what is wrong, and where the help is
            assertThat(ended.err()).contains("Try 'ppipe bench ");
        }
        assertThat(bench("evaluate", "--part", "polices").err())
                .startsWith("ppipe: --part (polices) must be among reproduced, policies, ablation, tuned.");
        assertThat(bench("study", "--study", "pay").err())
                .startsWith("ppipe: --study (pay) must be one of pays, robust, margins, small.");
    }
}
