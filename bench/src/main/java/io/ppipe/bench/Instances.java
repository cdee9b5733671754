package io.ppipe.bench;

import io.ppipe.model.BadInputException;
import io.ppipe.simulate.ArrivalSpec;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads what the benchmarks' options say of instances and arrivals. */
final class Instances {
    private Instances() {}

    static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new BadInputException("--instances (%s) is no pattern: %s.".formatted(text, e.getDescription()));
        }
    }

    static ArrivalSpec arrivals(String text) {
        try {
            return ArrivalSpec.parse(text);
        } catch (IllegalArgumentException e) {
            throw new BadInputException("--arrivals: " + e.getMessage());
        }
    }
}
