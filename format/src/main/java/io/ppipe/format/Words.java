package io.ppipe.format;

import io.ppipe.model.BoundaryType;
import io.ppipe.model.Certificate;
import io.ppipe.model.ElementType;
import io.ppipe.model.Goal;
import io.ppipe.model.Provenance;
import io.ppipe.model.Sharing;
import io.ppipe.schedule.Decision;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The words that stand for the values of our enums in files, in their order. */
final class Words {
    static final Map<String, BoundaryType> BOUNDARIES = lowerCase(BoundaryType.values());
    static final Map<String, Provenance.Kind> KINDS = lowerCase(Provenance.Kind.values());
    static final Map<String, Sharing> SHARINGS = lowerCase(Sharing.values());
    static final Map<String, Goal> GOALS = lowerCase(Goal.values());
    static final Map<String, Certificate.Ended> ENDS = lowerCase(Certificate.Ended.values());
    static final Map<String, Decision.Cause> CAUSES = lowerCase(Decision.Cause.values());

    /** Spelled as in the Open Inference Protocol. */
    static final Map<String, ElementType> ELEMENT_TYPES = asNamed(ElementType.values());

    private Words() {}

    static <E extends Enum<E>> String of(Map<String, E> words, E value) {
        return words.entrySet().stream()
                .filter(e -> e.getValue() == value)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private static <E extends Enum<E>> Map<String, E> lowerCase(E[] values) {
        var words = new LinkedHashMap<String, E>();
        for (E value : values) {
            words.put(value.name().toLowerCase(Locale.ROOT), value);
        }
        return words;
    }

    private static <E extends Enum<E>> Map<String, E> asNamed(E[] values) {
        var words = new LinkedHashMap<String, E>();
        for (E value : values) {
            words.put(value.name(), value);
        }
        return words;
    }
}
