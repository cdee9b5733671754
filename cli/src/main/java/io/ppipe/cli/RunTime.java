package io.ppipe.cli;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time since the start of a run, as options say it: {@code 2s}, {@code 1.5s}, {@code 500ms}, {@code 20us}. */
final class RunTime {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)(us|ms|s)");
    private static final Map<String, Integer> DIGITS = Map.of("us", 0, "ms", 3, "s", 6);

    private RunTime() {}

    /**
     * Returns it in microseconds; parts of one are cut off.
     *
     * @throws IllegalArgumentException when it is no such text
     */
    static long micros(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is no time; write a number with its unit: 2s, 500ms or 20us.".formatted(text));
        }
        return new BigDecimal(form.group(1))
                .movePointRight(DIGITS.getOrDefault(form.group(2), 0))
                .longValue();
    }
}
