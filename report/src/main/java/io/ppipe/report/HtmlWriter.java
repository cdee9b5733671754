package io.ppipe.report;

import io.ppipe.report.Block.Column;
import io.ppipe.report.Block.Details;
import io.ppipe.report.Block.KeyFigure;
import io.ppipe.report.Block.KeyFigures;
import io.ppipe.report.Block.Paragraph;
import io.ppipe.report.Block.Picture;
import io.ppipe.report.Block.Table;
import io.ppipe.report.Block.Verbatim;
import io.ppipe.report.HtmlReport.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * Writes a report as HTML. Its content security policy forbids the browser to load anything or to run any script but ours,
 * so that even a fault in the escaping of a name could do no harm.
 */
final class HtmlWriter {
    private static final String STYLE = resource("page.css");
    private static final String SCRIPT = resource("sort.js");

    private final StringBuilder out = new StringBuilder(1 << 16);

    private HtmlWriter() {}

    static String page(HtmlReport report) {
        var writer = new HtmlWriter();
        writer.head(report.title());
        writer.header(report);
        if (report.sections().size() > 2) {
            writer.contents(report.sections());
        }
        writer.main(report.sections());
        writer.out.append("<script>").append(SCRIPT).append("</script>\n</body>\n</html>\n");
        return writer.out.toString();
    }

    private void head(String title) {
        out.append("""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            """.formatted(digest(SCRIPT)));
        element("title", "", title);
        out.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
    }

    private void header(HtmlReport report) {
        Provenance provenance = report.provenance();
        out.append("<header>\n");
        element("h1", "", report.title());
        if (!provenance.labels().isEmpty()) {
            out.append("<ul class=\"labels\">\n");
            provenance.labels().forEach(label -> element("li", "", label));
            out.append("</ul>\n");
        }
        out.append("<p class=\"made\">Made by <code>")
                .append(Markup.escaped(provenance.command()))
                .append("</code>");
        provenance
                .seed()
                .ifPresent(seed -> out.append(", seed <code>").append(seed).append("</code>"));
        out.append("</p>\n</header>\n");
    }

    private void contents(List<Section> sections) {
        out.append("<nav aria-label=\"Contents\"><ul>\n");
        for (int i = 0; i < sections.size(); i++) {
            out.append("<li><a href=\"#section-").append(i + 1).append("\">");
            out.append(Markup.escaped(sections.get(i).heading())).append("</a></li>\n");
        }
        out.append("</ul></nav>\n");
    }

    private void main(List<Section> sections) {
        out.append("<main>\n");
        for (int i = 0; i < sections.size(); i++) {
            out.append("<section id=\"section-").append(i + 1).append("\">\n");
            element("h2", "", sections.get(i).heading());
            sections.get(i).blocks().forEach(this::block);
            out.append("</section>\n");
        }
        out.append("</main>\n");
    }

    private void block(Block block) {
        switch (block) {
            case Paragraph(String text) -> element("p", "", text);
            case Verbatim(String text) -> element("pre", "", text);
            case KeyFigures(List<KeyFigure> figures) -> figures(figures);
            case Table table -> table(table);
            case Picture(Chart chart, String caption) -> picture(chart, caption);
            case Details(String summary, List<Block> blocks) -> {
                out.append("<details>\n");
                element("summary", "", summary);
                blocks.forEach(this::block);
                out.append("</details>\n");
            }
        }
    }

    private void figures(List<KeyFigure> figures) {
        out.append("<dl class=\"figures\">\n");
        for (KeyFigure figure : figures) {
            out.append("<div>");
            element("dt", "", figure.label());
            element("dd", "", figure.value());
            if (!figure.note().isEmpty()) {
                element("dd", " class=\"note\"", figure.note());
            }
            out.append("</div>\n");
        }
        out.append("</dl>\n");
    }

    private void table(Table table) {
        out.append("<div class=\"scroll\"><table>\n");
        if (!table.caption().isEmpty()) {
            element("caption", "", table.caption());
        }
        out.append("<thead><tr>\n");
        for (Column column : table.columns()) {
            element("th", " scope=\"col\"" + alignment(column), column.title());
        }
        out.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : table.rows()) {
            out.append("<tr>\n");
            for (int i = 0; i < row.size(); i++) {
                element("td", alignment(table.columns().get(i)), row.get(i));
            }
            out.append("</tr>\n");
        }
        out.append("</tbody>\n</table></div>\n");
    }

    private static String alignment(Column column) {
        return column.isNumeric() ? " class=\"number\"" : "";
    }

    private void picture(Chart chart, String caption) {
        out.append("<figure>\n").append(SvgWriter.element(ChartImage.draw(chart)));
        if (!caption.isEmpty()) {
            element("figcaption", "", caption);
        }
        out.append("</figure>\n");
    }

    private void element(String tag, String attributes, String text) {
        out.append('<').append(tag).append(attributes).append('>');
        out.append(Markup.escaped(text)).append("</").append(tag).append(">\n");
    }

    private static String digest(String script) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has SHA-256.", e);
        }
    }

    private static String resource(String name) {
        try (var stream = HtmlWriter.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new AssertionError("The jar lacks " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
