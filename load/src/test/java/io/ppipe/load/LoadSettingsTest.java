package io.ppipe.load;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import java.net.URI;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "http://localhost:80, 0, 10, 1, Rate 0.0",
        "http://localhost:80, NaN, 10, 1, Rate NaN",
        "http://localhost:80, 2e6, 10, 1, at most 1000000",
        "http://localhost:80, 10, -1, 1, Duration -1.0 s",
        "http://localhost:80, 10, 1e9, 1, Duration",
        "http://localhost:80, 1e5, 1e4, 1, requests per run",
        "http://localhost:80, 10, 10, 0, in flight 0",
        "http://localhost, 10, 10, 1, http://HOST:PORT",
        "localhost:80, 10, 10, 1, http://HOST:PORT",
        "ftp://localhost:80, 10, 10, 1, http://HOST:PORT",
    })
    void valuesOutOfRangeAreBadInput(URI target, double rate, double seconds, int inFlight, String said) {
        assertThatThrownBy(() -> settings(target, rate, seconds, inFlight))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(said);
    }

    @Test
    void everythingInRangeIsFine() {
        assertThatCode(() -> settings(URI.create("GRPC://[::1]:9"), 0.1, 86_400, 1))
                .doesNotThrowAnyException();
    }

    private static LoadSettings settings(URI target, double rate, double seconds, int inFlight) {
        return new LoadSettings(target, "m", Arrivals.FIXED, rate, seconds, 1, OptionalLong.empty(), false, inFlight);
    }
}
