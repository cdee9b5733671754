package io.ppipe.format;

import java.util.regex.Pattern;

/** Which names models may have: they become parts of URLs, file names and metric labels. */
final class ModelName {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");

    private ModelName() {}

    /** Returns the name at a key of a file. */
    static String read(Fields fields, String key) {
        String name = fields.text(key);
        if (!allowed(name)) {
            throw fields.problem(key, problem(name));
        }
        return name;
    }

    static boolean allowed(String name) {
        return ALLOWED.matcher(name).matches();
    }

    /** Returns what is wrong with a name that is not allowed. */
    static String problem(String name) {
        return "model name %s must be 1 to 100 of A-Z a-z 0-9 . _ - and start with a letter, a digit or _, because it becomes part of URLs and file names"
                .formatted(Problem.shown(name));
    }
}
