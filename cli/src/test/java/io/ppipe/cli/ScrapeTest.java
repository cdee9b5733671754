package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.ppipe.model.BadInputException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScrapeTest {
    private static Scrape scrape(String text, double seconds) {
        return Scrape.of(text, (long) (seconds * 1e9));
    }

    private static String histogram(long one, long two, long all) {
        return """
            h_seconds_bucket{model="m",le="0.1"} %d
            h_seconds_bucket{model="m",le="0.2"} %d
            h_seconds_bucket{model="m",le="+Inf"} %d
            """.formatted(one, two, all);
    }

    @Test
    void readsNamesLabelsAndValues() {
        Scrape scrape = scrape("""
            # HELP a_total text with {braces} and "quotes"
            # TYPE a_total counter
            a_total{x="1",y="with } and \\"quotes\\", \\\\ and , commas"} 2.5
            a_total{x="2",y=""} 1.0E1 1700000000000
            plain 3
            beyond +Inf
            """, 0);

        assertThat(scrape.sum("a_total", Map.of())).isEqualTo(12.5);
        assertThat(scrape.sum("a_total", Map.of("x", "2"))).isEqualTo(10);
        assertThat(scrape.values("a_total", "y")).containsExactly("with } and \"quotes\", \\ and , commas", "");
        assertThat(scrape.sum("plain", Map.of())).isEqualTo(3);
        assertThat(scrape.sum("beyond", Map.of())).isInfinite();
        assertThat(scrape.sum("missing", Map.of())).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "name{a=\"b\"", "name{a=\"b} 1", "name{a} 1", "name{a=\"b\"} x", "<html>"})
    void refusesWhatIsNotTheFormat(String line) {
        assertThatThrownBy(() -> scrape(line, 0))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(line);
    }

    @Test
    void quantilesComeFromWhatHappenedInBetween() {
        var change = new ScrapeChange(scrape(histogram(100, 100, 100), 0), scrape(histogram(110, 130, 130), 2));

        assertThat(change.quantile("h_seconds", 0.5, Map.of("model", "m"))).isEqualTo(0.125, offset(1e-9));
        assertThat(change.quantile("h_seconds", 0.2, Map.of("model", "m"))).isEqualTo(0.06, offset(1e-9));
        assertThat(change.quantile("h_seconds", 0.5, Map.of("model", "other"))).isNaN();
    }

    @Test
    void aQuantileBeyondAllBoundsIsTheLargest() {
        var change = new ScrapeChange(scrape(histogram(0, 0, 0), 0), scrape(histogram(0, 1, 100), 2));

        assertThat(change.quantile("h_seconds", 0.99, Map.of())).isEqualTo(0.2);
    }

    @Test
    void countersThatFellBeganAgain() {
        var change = new ScrapeChange(scrape("c_total 100", 0), scrape("c_total 6", 2));

        assertThat(change.perSecond("c_total", Map.of())).isEqualTo(3);
    }

    @Test
    void withoutObservationsThereIsNoQuantile() {
        var change = new ScrapeChange(scrape(histogram(5, 6, 7), 0), scrape(histogram(5, 6, 7), 2));

        assertThat(change.quantile("h_seconds", 0.99, Map.of())).isNaN();
    }
}
