package io.ppipe.simulate;

import io.ppipe.model.Nearest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the text form of an {@link ArrivalSpec}. */
final class ArrivalSpecText {
    /** Of those who read no files. */
    static final ArrivalSpec.Traces NO_TRACES = new ArrivalSpec.Traces() {
        @Override
        public TraceTimes azure(String file) {
            throw new IllegalArgumentException("'azure:%s' names a file; none can be read here.".formatted(file));
        }

        @Override
        public List<TraceTimes> recorded(String file) {
            throw new IllegalArgumentException("'recorded:%s' names a file; none can be read here.".formatted(file));
        }
    };

    /** Longest piece of the text that a message repeats. */
    private static final int MAX_SHOWN = 60;

    /** Longest number that is read. */
    private static final int MAX_DIGITS = 40;

    private final String text;
    private final String kind;
    private final String form;
    private final Map<String, Double> values = new LinkedHashMap<>();

    private ArrivalSpecText(String text, String kind, String rest, String form) {
        this.text = text;
        this.kind = kind;
        this.form = form;
        for (String assignment : rest.isEmpty() ? List.<String>of() : List.of(rest.split(",", -1))) {
            add(assignment);
        }
    }

    static ArrivalSpec parse(String text, ArrivalSpec.Traces traces) {
        String kind = before(text, ':');
        String rest = kind.length() < text.length() ? text.substring(kind.length() + 1) : "";
        String form = ArrivalSpec.FORMS.stream()
                .filter(f -> before(f, ':').equals(kind))
                .findFirst()
                .orElseThrow(() -> unknownKind(text, kind));
        if (form.endsWith("FILE")) {
            if (rest.isBlank()) {
                throw new IllegalArgumentException("%s names no file (allowed: %s).".formatted(shown(text), form));
            }
            return trace(kind, rest, traces);
        }
        var read = new ArrivalSpecText(text, kind, rest, form);
        try {
            return read.process();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(shown(text), e.getMessage()), e);
        }
    }

    private static IllegalArgumentException unknownKind(String text, String kind) {
        List<String> kinds = ArrivalSpec.FORMS.stream().map(f -> before(f, ':')).toList();
        String hint = Nearest.to(kind, kinds)
                .map(near -> "; maybe you meant '" + near + "'")
                .orElse("");
        return new IllegalArgumentException("%s is no kind of arrivals%s (allowed: %s)."
                .formatted(shown(text), hint, String.join(" | ", ArrivalSpec.FORMS)));
    }

    private static ArrivalSpec trace(String kind, String file, ArrivalSpec.Traces traces) {
        return switch (kind) {
            case "azure" -> new ArrivalSpec.Azure(file, traces.azure(file));
            case "recorded" -> new ArrivalSpec.Recorded(file, false, traces.recorded(file));
            case "recorded-scaled" -> new ArrivalSpec.Recorded(file, true, traces.recorded(file));
            default -> throw new AssertionError("Kind %s is in FORMS, but no trace.".formatted(kind));
        };
    }

    private ArrivalSpec process() {
        return switch (kind) {
            case "poisson" -> new ArrivalSpec.Poisson();
            case "gamma" -> new ArrivalSpec.Gamma(value("cv2", ArrivalSpec.Gamma.DEFAULT.cv2()));
            case "mmpp" ->
                new ArrivalSpec.Mmpp(
                        value("cv2", ArrivalSpec.Mmpp.DEFAULT.cv2()),
                        value("period", ArrivalSpec.Mmpp.DEFAULT.periodSeconds()),
                        value("share", ArrivalSpec.Mmpp.DEFAULT.share()));
            case "diurnal" ->
                new ArrivalSpec.Diurnal(
                        value("period", ArrivalSpec.Diurnal.DEFAULT.periodSeconds()),
                        value("swing", ArrivalSpec.Diurnal.DEFAULT.swing()));
            case "cameras" ->
                new ArrivalSpec.Cameras(
                        value("fps", ArrivalSpec.Cameras.DEFAULT.framesPerSecond()),
                        value("jitter", ArrivalSpec.Cameras.DEFAULT.jitter()));
            default -> throw new AssertionError("Kind %s is in FORMS, but not read.".formatted(kind));
        };
    }

    private double value(String name, double otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    private void add(String assignment) {
        String name = before(assignment, '=').strip();
        List<String> names = names();
        if (names.isEmpty()) {
            throw new IllegalArgumentException("%s: '%s' has no parameters.".formatted(shown(text), kind));
        }
        if (!names.contains(name)) {
            String hint = Nearest.to(name, names)
                    .map(near -> "; maybe you meant '" + near + "'")
                    .orElse("");
            throw new IllegalArgumentException("%s: %s is no parameter of '%s'%s (allowed: %s)."
                    .formatted(shown(text), shown(name), kind, hint, form));
        }
        String number = assignment.contains("=")
                ? assignment.substring(assignment.indexOf('=') + 1).strip()
                : "";
        if (number.length() > MAX_DIGITS || !number.matches("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")) {
            throw new IllegalArgumentException("%s: %s (%s) must be a number (for example: %s)."
                    .formatted(shown(text), name, shown(number), form));
        }
        if (values.put(name, Double.valueOf(number)) != null) {
            throw new IllegalArgumentException("%s: %s is there twice.".formatted(shown(text), name));
        }
    }

    /** Returns the parameters that the kind's form shows. */
    private List<String> names() {
        if (!form.contains(":")) {
            return List.of();
        }
        return List.of(form.substring(kind.length() + 1).split(",")).stream()
                .map(parameter -> before(parameter, '='))
                .toList();
    }

    private static String before(String text, char separator) {
        int at = text.indexOf(separator);
        return at < 0 ? text : text.substring(0, at);
    }

    /** Returns a piece of the text in quotes, in one line, and shortened when it is long. */
    private static String shown(String piece) {
        String line = piece.replaceAll("[\\p{Cntrl}\\u2028\\u2029\\u0085]", "?");
        return "'" + (line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…") + "'";
    }
}
