package io.ppipe.cli;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Another plan from some time of a simulated run on, as {@code --change-plan} says it: {@code other.json@5s}.
 *
 * @param text as it was given
 */
record PlanChangeText(String text, Path file, long atMicros) {
    /** Reads {@code --change-plan}. */
    static final class Converter implements ITypeConverter<PlanChangeText> {
        @Override
        public PlanChangeText convert(String text) {
            int at = text.lastIndexOf('@');
            try {
                if (at > 0) {
                    return new PlanChangeText(
                            text, Path.of(text.substring(0, at)), RunTime.micros(text.substring(at + 1)));
                }
            } catch (IllegalArgumentException _) {
                // said below
            }
            throw new TypeConversionException(
                    "'%s' is not FILE@TIME, such as other.json@5s; TIME is a number with us, ms or s".formatted(text));
        }
    }
}
