package io.ppipe.format;

/** Writes a string between double quotes so that JSON and YAML both read the same string back. */
final class QuotedText {
    private QuotedText() {}

    static String of(String text) {
        var quoted = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (isPlain(c)) {
                quoted.appendCodePoint(c);
            } else {
                quoted.append("\\u%04x".formatted(c));
            }
        });
        return quoted.append('"').toString();
    }

    /** YAML takes less unescaped than JSON: no DEL, no C1 controls, no exotic line ends, no byte order mark. */
    private static boolean isPlain(int codePoint) {
        return switch (codePoint) {
            case 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff -> false;
            default -> {
                int type = Character.getType(codePoint); // half a surrogate pair cannot be written as UTF-8
                yield type != Character.CONTROL && type != Character.SURROGATE;
            }
        };
    }
}
