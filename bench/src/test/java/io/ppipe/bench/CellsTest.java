package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellsTest {
    @TempDir
    private Path folder = Path.of(".");

    private final List<String> computed = new ArrayList<>();

    private Path file() {
        return folder.resolve("rows.json");
    }

    private String kept() throws IOException {
        return Files.readString(file());
    }

    private Cells cells(boolean restart) {
        return new Cells("test", "seeds=1", file(), restart);
    }

    private static Map<String, @Nullable Object> row(double value) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        row.put("value", value);
        row.put("unknown", null);
        return row;
    }

    private void add(Cells cells, String key, double value) {
        cells.add(key, () -> {
            computed.add(key);
            return row(value);
        });
    }

    /** Runs cells a and b on one thread. */
    private List<Map<String, @Nullable Object>> runTwo() throws InterruptedException {
        Cells cells = cells(false);
        add(cells, "a", 1);
        add(cells, "b", 2);
        List<Map<String, @Nullable Object>> rows = cells.run("testing", 1);
        cells.complete();
        return rows;
    }

    @Test
    void everyRowIsKeptBeforeTheNextIsComputed() throws Exception {
        Cells cells = cells(false);
        var seen = new ArrayList<String>();
        add(cells, "a", 1);
        cells.add("b", () -> {
            seen.add(kept());
            return row(2);
        });
        cells.run("testing", 1);

        assertThat(seen.getFirst())
                .contains("\"cell\": \"a\"", "\"complete\": false")
                .doesNotContain("\"cell\": \"b\"");
        assertThat(kept()).contains("\"cell\": \"b\"", "\"complete\": false");
        cells.complete();
        assertThat(kept()).contains("\"kind\": \"bench-test\"", "\"settings\": \"seeds=1\"", "\"complete\": true");
    }

    @Test
    void theNextRunComputesOnlyWhatIsMissing() throws Exception {
        runTwo();
        computed.clear();

        Cells more = cells(false);
        add(more, "c", 3);
        add(more, "b", 20);
        add(more, "a", 10);
        List<Map<String, @Nullable Object>> rows = more.run("testing", 1);

        assertThat(computed).containsExactly("c");
        assertThat(rows).extracting(row -> row.get("cell")).containsExactly("c", "b", "a");
        assertThat(rows).extracting(row -> Cells.number(row, "value")).containsExactly(3.0, 2.0, 1.0);
        assertThat(rows.getLast()).containsEntry("unknown", null);
        assertThat(kept()).contains("\"cell\": \"a\"", "\"cell\": \"b\"", "\"cell\": \"c\"");
    }

    @Test
    void rowsOfOneCellAreKeptTogether() throws Exception {
        Cells cells = cells(false);
        cells.addAll("pair", () -> List.of(row(1), row(2)));
        assertThat(cells.run("testing", 1)).hasSize(2);

        Cells again = cells(false);
        again.addAll("pair", () -> {
            throw new AssertionError("it is known");
        });
        assertThat(again.run("testing", 1))
                .extracting(row -> Cells.number(row, "value"))
                .containsExactly(1.0, 2.0);
    }

    @Test
    void otherSettingsAreRefusedWithWhatDiffers() throws Exception {
        runTwo();

        assertThatThrownBy(() -> new Cells("test", "seeds=2", file(), false))
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll("rows.json", "'seeds=1'", "'seeds=2'", "--restart");
        assertThatThrownBy(() -> new Cells("other", "seeds=1", file(), false))
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll("rows.json", "'bench-test'", "'bench-other'");
        assertThat(kept()).contains("\"cell\": \"b\"");
    }

    @Test
    void aFileThatIsNoReportIsRefusedAndLeftAsItIs() throws IOException {
        for (String text : List.of("no report", "{\"format\": \"plan\"}", "[]")) {
            Files.writeString(file(), text);

            assertThatThrownBy(() -> cells(false))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContainingAll("rows.json", "--restart");
            assertThat(kept()).isEqualTo(text);
        }
    }

    @Test
    void restartForgetsWhatTheFileHas() throws Exception {
        runTwo();
        computed.clear();

        Cells anew = cells(true);
        add(anew, "a", 10);

        assertThat(anew.run("testing", 1))
                .extracting(row -> Cells.number(row, "value"))
                .containsExactly(10.0);
        assertThat(computed).containsExactly("a");
        assertThat(kept()).doesNotContain("\"cell\": \"b\"");
    }

    @Test
    void aFailingCellsExceptionSurfacesAndRowsBeforeItAreKept() throws Exception {
        Cells cells = cells(false);
        add(cells, "a", 1);
        cells.add("bad", () -> {
            throw new BadInputException("plan.json: it is bad.");
        });
        add(cells, "late", 3);

        assertThatThrownBy(() -> cells.run("testing", 1))
                .isInstanceOf(BadInputException.class)
                .hasMessage("plan.json: it is bad.");
        assertThat(kept()).contains("\"cell\": \"a\"", "\"complete\": false").doesNotContain("bad");
        computed.clear();
        runTwo();
        assertThat(computed).containsExactly("b");
    }

    @Test
    void aDefectSurfacesAsItIs() {
        Cells cells = cells(false);
        cells.add("a", () -> {
            throw new AssertionError("a defect");
        });

        assertThatThrownBy(() -> cells.run("testing", 1))
                .isInstanceOf(AssertionError.class)
                .hasMessage("a defect");
    }

    @Test
    void aRunThatGoesOnAndStopsLosesNothing() throws Exception {
        runTwo();
        var seen = new ArrayList<String>();
        Cells more = cells(false);
        more.add("c", () -> {
            seen.add(kept());
            throw new BadInputException("stopped");
        });

        assertThatThrownBy(() -> more.run("testing", 1)).hasMessage("stopped");

        assertThat(seen.getFirst()).contains("\"cell\": \"a\"", "\"cell\": \"b\"");
        assertThat(kept()).contains("\"cell\": \"a\"", "\"cell\": \"b\"");
    }

    @Test
    void rowsComeInTheOrderInWhichTheyWereWantedFromAnyNumberOfThreads() throws Exception {
        var cells = new Cells("test", "", null, false);
        for (int i = 0; i < 20; i++) {
            int value = i;
            cells.add("cell " + i, () -> row(value));
        }

        assertThat(cells.run("testing", 3))
                .extracting(row -> Cells.number(row, "value"))
                .isSorted()
                .hasSize(20);
    }
}
