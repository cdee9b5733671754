package io.ppipe.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.ppipe.report.Drawing.Line;
import io.ppipe.report.Drawing.Mark;
import io.ppipe.report.Drawing.Text;
import io.ppipe.report.Drawing.Window;
import io.ppipe.report.TimelineChart.Lane;
import io.ppipe.report.TimelineChart.Span;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartImageTest {
    static Stream<Chart> charts() {
        return Stream.of(
                Samples.bars(3, 2, "A100+T4 "),
                Samples.bars(50, 4, "instance "),
                Samples.bars(5, 14, "x"),
                Samples.lines(),
                Samples.timeline());
    }

    @ParameterizedTest
    @MethodSource("charts")
    void svgIsWellFormedAndNamesNoElements(Chart chart) {
        String svg = ChartImage.svg(chart);

        assertThat(Xml.parsed(svg).getDocumentElement().getAttribute("aria-label"))
                .isEqualTo(chart.title());
        assertThat(svg).doesNotContain(" id=").doesNotContain("url(").doesNotContain("NaN");
    }

    @ParameterizedTest
    @MethodSource("charts")
    void equalChartsGiveEqualBytes(Chart chart) {
        assertThat(ChartImage.svg(chart)).isEqualTo(ChartImage.svg(chart));
        assertThat(ChartImage.png(chart, 400)).isEqualTo(ChartImage.png(chart, 400));
    }

    @ParameterizedTest
    @MethodSource("charts")
    void pngHasTheWantedWidthAndShowsSomething(Chart chart) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(ChartImage.png(chart, 900)));

        assertThat(image.getWidth()).isEqualTo(900);
        long colors = IntStream.range(0, image.getHeight())
                .flatMap(y -> IntStream.range(0, 900).map(x -> image.getRGB(x, y)))
                .distinct()
                .count();
        assertThat(colors).isGreaterThan(10);
    }

    @Test
    void errorBarsAreDrawnToldAndWithinTheAxis() {
        var sure = new BarChart.Series("ppipe", List.of(0.9, Double.NaN));
        var unsure = new BarChart.Series(
                "ppipe",
                List.of(0.9, Double.NaN),
                List.of(new BarChart.ErrorBar(0.7, 1.4), new BarChart.ErrorBar(0, 0)));

        Drawing without = ChartImage.draw(bars(sure));
        Drawing with = ChartImage.draw(bars(unsure));

        assertThat(lines(with)).isEqualTo(lines(without) + 3);
        assertThat(ChartImage.svg(bars(unsure))).contains("HC1, ppipe: 0.9 [0.7, 1.4]");
        assertThatThrownBy(() -> new BarChart.ErrorBar(1, 0.5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BarChart.Series(
                        "s", List.of(1.0), List.of(new BarChart.ErrorBar(0, 1), new BarChart.ErrorBar(0, 1))))
                .hasMessageContaining("2 error bars for 1 values");
    }

    private static BarChart bars(BarChart.Series series) {
        return new BarChart(
                "t", "", "load factor", List.of("HC1", "HC2"), List.of(series), List.of(new Target("all", 1.4)));
    }

    private static long lines(Drawing drawing) {
        return drawing.marks().stream().filter(Line.class::isInstance).count();
    }

    @Test
    void everyValueHasABarThatTellsIt() {
        var chart = new BarChart(
                "t",
                "",
                "load factor",
                List.of("HC1", "HC2", "HC3"),
                List.of(
                        new BarChart.Series("ppipe", List.of(0.9, 0.8, Double.NaN)),
                        new BarChart.Series("NP", List.of(0.0, 0.5, 0.123456))),
                List.of());

        assertThat(Xml.tooltips(Xml.parsed(ChartImage.svg(chart))))
                .containsExactly("HC1, ppipe: 0.9", "HC2, ppipe: 0.8", "HC1, NP: 0", "HC2, NP: 0.5", "HC3, NP: 0.123");
    }

    @Test
    void everyPointHasASymbolThatTellsIt() {
        assertThat(Xml.tooltips(Xml.parsed(ChartImage.svg(Samples.lines()))))
                .hasSize(40)
                .contains("ppipe at 0.3: 1 [0.96, 1]");
    }

    @Test
    void everySpanInTheShownTimeHasABoxThatTellsIt() {
        var chart = new TimelineChart(
                "t",
                1_000,
                5_000,
                List.of(new Lane(
                        "vGPU 0",
                        List.of(
                                new Span(0, 1_000, "before", ""),
                                new Span(500, 2_000, "resnet50", "×4"),
                                new Span(4_000, 9_000, "resnet50", "×8"),
                                new Span(5_000, 6_000, "after", "")))));

        String svg = ChartImage.svg(chart);

        assertThat(Xml.tooltips(Xml.parsed(svg)))
                .containsExactly(
                        "vGPU 0: resnet50 ×4, 0.5 ms to 2 ms (1.5 ms)", "vGPU 0: resnet50 ×8, 4 ms to 9 ms (5 ms)");
        assertThat(svg).doesNotContain("before").doesNotContain("after");
    }

    @Test
    void ticksOfALateShortTimeTellApart() {
        var chart = new TimelineChart("t", 3_600_000_100L, 3_600_001_100L, List.of(new Lane("vGPU 0", List.of())));

        List<String> ticks = ChartImage.draw(chart).marks().stream()
                .filter(mark -> mark instanceof Text text
                        && Character.isDigit(text.text().charAt(0)))
                .map(mark -> ((Text) mark).text())
                .toList();

        assertThat(ticks).contains("3600000.2", "3600000.4").doesNotHaveDuplicates();
    }

    @Test
    void overlappingSpansOfALaneDoNotCoverEachOther() {
        Drawing drawing = ChartImage.draw(Samples.timeline());
        List<Rectangle2D> spans = drawing.marks().stream()
                .filter(mark ->
                        mark instanceof Drawing.Fill fill && !fill.tooltip().isEmpty())
                .map(mark -> ((Drawing.Fill) mark).shape().getBounds2D())
                .toList();

        for (int i = 0; i < spans.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(spans.get(i).intersects(spans.get(j))).isFalse();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3, 2, A100+T4 ",
        "10, 4, 'FCN, 12×L4 + 4×A100, split '",
        "14, 3, instance-",
        "25, 1, 'a rather long name of an instance '",
        "50, 6, HC",
        "50, 4, 'instance '",
        "200, 2, i"
    })
    void namesOfCategoriesAreWholeAndInsideThePicture(int categories, int series, String name) {
        BarChart chart = Samples.bars(categories, series, name);

        assertTextsAreInside(ChartImage.draw(chart), chart.categories());
    }

    @ParameterizedTest
    @MethodSource("charts")
    void noTextIsCutOff(Chart chart) {
        assertTextsAreInside(ChartImage.draw(chart), List.of());
    }

    @Test
    void longTitlesAndLegendsAreWrapped() {
        BarChart sample = Samples.bars(3, 14, "x");
        var chart = new BarChart(
                "word ".repeat(60),
                "",
                "load factor",
                sample.categories(),
                sample.series().stream()
                        .map(s -> new BarChart.Series("a long name for " + s.name(), s.values()))
                        .toList(),
                List.of());

        assertTextsAreInside(
                ChartImage.draw(chart),
                chart.series().stream().map(BarChart.Series::name).toList());
    }

    private static void assertTextsAreInside(Drawing drawing, List<String> wanted) {
        List<Text> texts = drawing.marks().stream()
                .filter(Text.class::isInstance)
                .map(Text.class::cast)
                .toList();
        assertThat(texts).extracting(Text::text).containsAll(wanted);
        var paper = new Rectangle2D.Double(0, 0, drawing.width(), drawing.height());
        for (Text text : texts) {
            assertThat(paper.contains(box(text))).as(text.toString()).isTrue();
        }
    }

    private static Rectangle2D box(Text text) {
        double width = text.lettering().widthOf(text.text());
        double left = switch (text.anchor()) {
            case START -> 0;
            case MIDDLE -> -width / 2;
            case END -> -width;
        };
        var placed = AffineTransform.getTranslateInstance(text.x(), text.y());
        placed.rotate(-Math.toRadians(text.slant()));
        double ascent = 0.8 * text.lettering().size();
        return placed.createTransformedShape(new Rectangle2D.Double(
                        left, -ascent, width, 1.1 * text.lettering().size()))
                .getBounds2D();
    }

    @Test
    void targetLiesAtItsValue() {
        var chart = new LineChart(
                "t",
                Axis.linear("x"),
                Axis.linear("y").between(0, 2),
                List.of(new LineChart.Series("s", List.of(new LineChart.Point(0, 0), new LineChart.Point(1, 1)))),
                List.of(new Target("one", 1)));
        List<Mark> plot = ChartImage.draw(chart).marks().stream()
                .flatMap(mark -> mark instanceof Window window ? window.marks().stream() : Stream.empty())
                .toList();
        double pointY = ((Drawing.Fill) plot.stream()
                        .filter(mark -> mark instanceof Drawing.Fill)
                        .reduce((_, last) -> last)
                        .orElseThrow())
                .shape()
                .getBounds2D()
                .getCenterY();

        double targetY = ((Line) plot.getLast()).shape().getBounds2D().getCenterY();

        assertThat(targetY).isCloseTo(pointY, within(0.6));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-9, 1e-3, 0.5, 1, 99.99, 12_345, 1e9, 1e12, -1e-9, -7, -1e12})
    @Timeout(20)
    void anySizeOfNumberCanBeDrawn(double value) {
        var bars = new BarChart(
                "t",
                "",
                "v",
                List.of("a", "b"),
                List.of(new BarChart.Series("s", List.of(value, value / 3))),
                List.of(new Target("goal", value)));
        var lines = new LineChart(
                "t",
                Axis.linear("x"),
                Axis.linear("y"),
                List.of(new LineChart.Series(
                        "s",
                        Stream.of(value, value / 3)
                                .sorted()
                                .map(x -> new LineChart.Point(x, value))
                                .toList())),
                List.of());

        assertThat(Xml.tooltips(Xml.parsed(ChartImage.svg(bars)))).hasSize(2);
        assertThat(Xml.tooltips(Xml.parsed(ChartImage.svg(lines)))).hasSize(2);
    }

    @Test
    void barsWithoutAnyValueAreAnEmptyChart() {
        var chart = new BarChart(
                "t",
                "",
                "v",
                List.of("a"),
                List.of(new BarChart.Series("s", List.of(Double.NaN))),
                List.of(new Target("goal", 3)));

        assertThat(Xml.tooltips(Xml.parsed(ChartImage.svg(chart)))).isEmpty();
    }

    @Test
    void namesAreShownAndNotObeyed() {
        String name = "<script>alert('x')</script> & \"$x$\" \u0000";
        var chart = new BarChart(
                name,
                name,
                name,
                List.of(name),
                List.of(new BarChart.Series(name, List.of(1.0))),
                List.of(new Target(name, 1)));

        String svg = ChartImage.svg(chart);

        assertThat(svg).doesNotContain("<script").doesNotContain("\u0000");
        assertThat(Xml.parsed(svg).getDocumentElement().getAttribute("aria-label"))
                .isEqualTo(name.replace('\u0000', '\ufffd'));
    }

    @Test
    void fileNameSaysTheKindOfImage(@TempDir Path folder) throws IOException {
        ChartImage.write(Samples.lines(), folder.resolve("a.svg"));
        ChartImage.write(Samples.lines(), folder.resolve("a.png"));

        assertThat(Files.readString(folder.resolve("a.svg")))
                .startsWith("<?xml")
                .contains("http://www.w3.org/2000/svg");
        assertThat(ImageIO.read(folder.resolve("a.png").toFile()).getWidth()).isEqualTo(2 * 760);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("a.svg", "a.png");
    }

    @Test
    void refusesWhatCannotBeShown() {
        assertThatThrownBy(() -> new Target("t", Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new LineChart.Point(0, 1, 2, 3)).hasMessageContaining("[2.0, 3.0]");
        assertThatThrownBy(() -> Axis.linear("x").between(2, 1)).hasMessageContaining("before it ends");
        assertThatThrownBy(() -> new BarChart("t", "", "", List.of("a", "a"), List.of(), List.of()))
                .hasMessageContaining("one name");
        assertThatThrownBy(() -> new Span(2, 1, "k", "l")).hasMessageContaining("must not end (1 us)");
        assertThatThrownBy(() -> ChartImage.png(Samples.lines(), 0)).hasMessageContaining("0 px");
    }
}
