package io.ppipe.report;

import io.ppipe.format.WholeFile;
import java.nio.file.Path;
import java.util.List;

/**
 * A report as one HTML page that needs nothing else: no network, no other files. It follows the reader's light or dark
 * theme, prints, and is well-formed XML as well. Equal reports give equal bytes on one machine.
 *
 * @param title of the page
 * @param provenance shown at the top
 * @param sections in reading order
 */
public record HtmlReport(String title, Provenance provenance, List<Section> sections) {
    public HtmlReport {
        sections = List.copyOf(sections);
    }

    /** A heading and what stands under it. */
    public record Section(String heading, List<Block> blocks) {
        public Section {
            blocks = List.copyOf(blocks);
        }

        public Section(String heading, Block... blocks) {
            this(heading, List.of(blocks));
        }
    }

    /**
     * Returns the page.
     *
     * @throws io.ppipe.model.BadInputException when it has charts and this Java finds no fonts
     */
    public String html() {
        return HtmlWriter.page(this);
    }

    /**
     * Writes the page, whole or not at all.
     *
     * @throws io.ppipe.model.BadInputException when the file cannot be written, or as for {@link #html}
     */
    public void write(Path file) {
        WholeFile.write(file, html());
    }
}
