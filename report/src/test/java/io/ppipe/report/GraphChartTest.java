package io.ppipe.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ppipe.report.GraphChart.Cut;
import io.ppipe.report.GraphChart.Flow;
import io.ppipe.report.GraphChart.Step;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GraphChartTest {
    private static final List<Step> STEPS = List.of(
            new Step("a<b>", "conv", 5, "5 MFLOP"), new Step("b", "relu", 0, "0"), new Step("c", "add", 1, "1"));

    @Test
    void showsStepsFlowsAndCuts() {
        var chart = new GraphChart(
                "net",
                "MFLOP",
                STEPS,
                List.of(
                        new Flow("x", -1, List.of(0)),
                        new Flow("a", 0, List.of(1, 2)),
                        new Flow("b", 1, List.of(2)),
                        new Flow("c", 2, List.of(3))),
                List.of(new Cut(0, "64 KiB")));

        String svg = ChartImage.svg(chart);

        assertThat(svg).contains("a&lt;b&gt;", "5 MFLOP", "64 KiB", "conv", "relu", "net");
        assertThat(svg).isEqualTo(ChartImage.svg(chart));
        assertThat(ChartImage.png(chart, 500)).isNotEmpty();
    }

    @Test
    void drawsHundredsOfFlowsThatAreAliveAtOnce() {
        List<Step> steps = IntStream.range(0, GraphChart.MAX_STEPS)
                .mapToObj(i -> new Step("s" + i, "k" + i % 20, i, ""))
                .toList();
        List<Flow> flows = IntStream.range(0, steps.size())
                .mapToObj(i -> new Flow("f" + i, i, List.of(steps.size())))
                .toList();

        assertThat(ChartImage.svg(new GraphChart("many", "", steps, flows, List.of())))
                .contains("s399");
    }

    @Test
    void refusesFlowsThatGoUpAndCutsOutside() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GraphChart("net", "", STEPS, List.of(new Flow("x", 1, List.of(0))), List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GraphChart("net", "", STEPS, List.of(new Flow("x", 1, List.of(4))), List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GraphChart("net", "", STEPS, List.of(), List.of(new Cut(3, ""))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GraphChart("net", "", List.of(), List.of(), List.of()));
    }
}
