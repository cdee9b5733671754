package io.ppipe.report;

/** Text as it must be spelled inside HTML, XHTML and SVG. */
final class Markup {
    private Markup() {}

    /** Returns the text safe between tags and within quotes. What no XML may hold becomes U+FFFD. */
    static String escaped(String text) {
        var out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(isAllowed(point) ? point : 0xfffd);
            }
        });
        return out.toString();
    }

    private static boolean isAllowed(int point) {
        boolean control = (point < 0x20 && point != '\t' && point != '\n') || (point >= 0x7f && point < 0xa0);
        boolean surrogate = point >= 0xd800 && point <= 0xdfff;
        return !control && !surrogate && (point & 0xfffe) != 0xfffe;
    }
}
