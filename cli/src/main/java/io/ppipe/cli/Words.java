package io.ppipe.cli;

import io.ppipe.execute.Device;
import io.ppipe.model.Nearest;
import io.ppipe.profile.Clock;
import io.ppipe.schedule.DeferredPart;
import io.ppipe.schedule.PolicyName;
import io.ppipe.zoo.Weights;
import io.ppipe.zoo.ZooModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words that stand for the values of our enums on the command line: small letters, with hyphens. */
final class Words {
    private Words() {}

    static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> of(Enum<?>[] values) {
        return Arrays.stream(values).map(Words::of).toList();
    }

    private static <E extends Enum<E>> E read(String text, E[] values) {
        for (E value : values) {
            if (of(value).equals(text)) {
                return value;
            }
        }
        String hint =
                Nearest.to(text, of(values)).map("; maybe '%s'"::formatted).orElse("");
        throw new TypeConversionException("'%s' is not one of %s%s".formatted(text, of(values), hint));
    }

    /** Reads {@code --policy}. */
    static final class Policy implements ITypeConverter<PolicyName> {
        @Override
        public PolicyName convert(String text) {
            return read(text, PolicyName.values());
        }
    }

    /** The words of {@code --policy}, for completion. */
    static final class Policies extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Policies() {
            super(of(PolicyName.values()));
        }
    }

    /** Reads {@code --variant}. */
    static final class OfVariant implements ITypeConverter<ZooModel.Variant> {
        @Override
        public ZooModel.Variant convert(String text) {
            return read(text, ZooModel.Variant.values());
        }
    }

    /** Reads {@code --weights}. */
    static final class OfWeights implements ITypeConverter<Weights> {
        @Override
        public Weights convert(String text) {
            return read(text, Weights.values());
        }
    }

    /** Reads {@code --clock}. */
    static final class OfClock implements ITypeConverter<Clock> {
        @Override
        public Clock convert(String text) {
            return read(text, Clock.values());
        }
    }

    /** Reads {@code --device}. */
    static final class OfDevice implements ITypeConverter<Device> {
        @Override
        public Device convert(String text) {
            try {
                return Device.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Reads {@code --without}. */
    static final class Part implements ITypeConverter<DeferredPart> {
        @Override
        public DeferredPart convert(String text) {
            return read(text, DeferredPart.values());
        }
    }

    /** The words of {@code --without}, for completion. */
    static final class Parts extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Parts() {
            super(of(DeferredPart.values()));
        }
    }
}
