package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Nearest;
import java.util.List;
import java.util.function.DoubleConsumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number for every model, or for one: {@code 0.4} or {@code NAME=0.3}.
 *
 * @param model its name; "" = every model that has no number of its own
 */
record ByModel(String model, double value) {
    /** Reads one from the command line. */
    static final class Converter implements ITypeConverter<ByModel> {
        @Override
        public ByModel convert(String text) {
            int sign = text.lastIndexOf('=');
            String number = text.substring(sign + 1);
            if (sign == 0) {
                throw new TypeConversionException("'%s' has no model before the '='".formatted(text));
            }
            try {
                return new ByModel(sign < 0 ? "" : text.substring(0, sign), Double.parseDouble(number));
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'%s' is neither a number nor MODEL=NUMBER".formatted(text));
            }
        }
    }

    /** Refuses numbers that {@code rule} refuses, before any file is read. */
    static void check(String option, List<ByModel> given, DoubleConsumer rule) {
        for (ByModel one : given) {
            try {
                rule.accept(one.value);
            } catch (IllegalArgumentException e) {
                throw new BadInputException(
                        "%s%s: %s".formatted(option, one.model.isEmpty() ? "" : " " + one.model, e.getMessage()), e);
            }
        }
    }

    /** Returns the number that holds for all models without one of their own. */
    static double forAll(List<ByModel> given, double otherwise) {
        return given.stream()
                .filter(one -> one.model.isEmpty())
                .mapToDouble(ByModel::value)
                .reduce(otherwise, (_, last) -> last);
    }

    /**
     * Returns the number of each model.
     *
     * @param where the file that names the models
     * @throws BadInputException when a name is none of theirs
     */
    static List<Double> ofEach(
            String option, List<ByModel> given, double otherwise, List<String> models, String where) {
        for (ByModel one : given) {
            if (!one.model.isEmpty() && !models.contains(one.model)) {
                String hint = Nearest.to(one.model, models)
                        .map(" Maybe '%s'."::formatted)
                        .orElse("");
                throw new BadInputException("%s %s=%s: %s has no model '%s'; it has %s.%s"
                        .formatted(option, one.model, Numbers.plain(one.value), where, one.model, models, hint));
            }
        }
        double all = forAll(given, otherwise);
        return models.stream()
                .map(model -> given.stream()
                        .filter(one -> one.model.equals(model))
                        .map(ByModel::value)
                        .reduce(all, (_, last) -> last))
                .toList();
    }
}
