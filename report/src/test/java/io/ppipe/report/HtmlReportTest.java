package io.ppipe.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class HtmlReportTest {
    private static final String EVIL = "<script>alert(1)</script>\" onload='x' & ]]> --> \u0007";

    /** A page with one of each block, and with the given text wherever a text can be. */
    private static HtmlReport report(String text) {
        return new HtmlReport(
                text,
                new Provenance(List.of("emulated GPUs", text), "ppipe simulate " + text, OptionalLong.of(42)),
                List.of(
                        new Section(
                                text,
                                new Paragraph(text),
                                new KeyFigures(List.of(new KeyFigure(text, text, text), new KeyFigure("p99", "43 ms"))),
                                new Verbatim(text)),
                        new Section(
                                "Charts",
                                new Picture(Samples.lines(), text),
                                new Picture(Samples.bars(6, 3, text), ""),
                                new Picture(Samples.timeline(), "")),
                        new Section(
                                "Tables",
                                new Table(
                                        text,
                                        List.of(Column.text("model" + text), Column.number("load factor")),
                                        List.of(List.of(text, "0.93"), List.of("b", "0.9"))),
                                new Details(text, List.of(new Paragraph(text))))));
    }

    @Test
    void pageIsWellFormedAndShowsWhereItComesFrom() {
        Document page = Xml.parsed(report("three models").html());

        assertThat(Xml.elements(page, "h1")).extracting(Element::getTextContent).containsExactly("three models");
        assertThat(Xml.elements(page, "header").getFirst().getTextContent())
                .contains("emulated GPUs")
                .contains("ppipe simulate three models")
                .contains("seed 42");
        assertThat(Xml.elements(page, "figure")).hasSize(3);
        assertThat(Xml.elements(page, "td").get(1).getAttribute("class")).isEqualTo("number");
    }

    @Test
    void textsAreShownAndNotObeyed() {
        String html = report(EVIL).html();
        Document page = Xml.parsed(html);

        assertThat(Xml.elements(page, "script")).hasSize(1);
        assertThat(html).doesNotContain("alert(1)</script>");
        assertThat(Xml.elements(page, "h1").getFirst().getTextContent()).isEqualTo(EVIL.replace('\u0007', '\ufffd'));
    }

    @Test
    void pageLoadsNothing() {
        String html = report("x").html();

        assertThat(html)
                .doesNotContain("http://")
                .doesNotContain("https://")
                .doesNotContain("src=")
                .doesNotContain("<link")
                .doesNotContain("@import")
                .doesNotContain("url(")
                .contains("default-src 'none'");
    }

    @Test
    void policyAllowsTheScriptOfThePageAndNoOther() throws Exception {
        String html = report("x").html();
        String script = html.substring(html.indexOf("<script>") + 8, html.indexOf("</script>"));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));

        assertThat(html).contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
    }

    @Test
    void idsAreUniqueAndLinksLead() {
        Document page = Xml.parsed(report("x").html());
        List<String> ids = Xml.elements(page, "*").stream()
                .map(element -> element.getAttribute("id"))
                .filter(id -> !id.isEmpty())
                .toList();

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(Xml.elements(page, "a"))
                .extracting(link -> link.getAttribute("href").substring(1))
                .isEqualTo(ids);
    }

    @Test
    void equalReportsGiveEqualBytes() {
        assertThat(report("x").html()).isEqualTo(report("x").html());
    }

    @Test
    void fileIsReplacedWhole(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("report.html");
        Files.writeString(file, "old");

        report("x").write(file);

        assertThat(Files.readString(file)).isEqualTo(report("x").html());
        assertThat(folder.toFile().list()).containsExactly("report.html");
    }

    @Test
    void saysWhyAFileCannotBeWritten(@TempDir Path folder) {
        HtmlReport report = report("x");

        assertThatThrownBy(() -> report.write(folder.resolve("none/report.html")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("the folder does not exist");
        assertThatThrownBy(() -> report.write(folder)).hasMessageContaining("this is a directory");
    }

    @Test
    void tableRowsMustFitTheColumns() {
        assertThatThrownBy(() -> new Table("t", List.of(Column.text("a")), List.of(List.of("1", "2"))))
                .hasMessageContaining("2 cells for 1 columns");
    }
}
