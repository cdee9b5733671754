package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class JsonLogFormatterTest {
    private static String format(String message, Object... parameters) {
        var line = new LogRecord(Level.INFO, message);
        line.setLoggerName("io.ppipe.test");
        line.setInstant(Instant.EPOCH);
        line.setParameters(parameters);
        return new JsonLogFormatter().format(line);
    }

    @Test
    void fieldsOfAMessageBecomeFields() {
        assertThat(format("event=missed request={0} model={1} after_us={2,number,#}", "a \"b\"", "m", 1234567L))
                .isEqualTo("{\"at\": \"1970-01-01T00:00:00Z\", \"level\": \"INFO\", \"logger\": \"io.ppipe.test\","
                        + " \"event\": \"missed\", \"request\": \"a \\\"b\\\"\", \"model\": \"m\", \"after_us\":"
                        + " 1234567}"
                        + System.lineSeparator());
    }

    @Test
    void anyOtherMessageIsOneField() {
        assertThat(format("The recording {0} ends here: x=1", "f"))
                .contains("\"message\": \"The recording f ends here: x=1\"");
        assertThat(format("100 % of {braces")).contains("\"message\": \"100 % of {braces\"");
        assertThat(format("")).contains("\"message\": \"\"");
    }

    @Test
    void anErrorIsOnTheSameLine() {
        var line = new LogRecord(Level.SEVERE, "broke");
        line.setThrown(new IllegalStateException("why"));

        assertThat(new JsonLogFormatter().format(line).strip())
                .doesNotContain("\n")
                .contains("\"message\": \"broke\"", "\"error\": \"java.lang.IllegalStateException: why\\u000a");
    }
}
