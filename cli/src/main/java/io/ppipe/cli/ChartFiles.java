package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import io.ppipe.report.Block;
import io.ppipe.report.Chart;
import io.ppipe.report.ChartImage;
import io.ppipe.report.HtmlReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/** Writes every chart of a page as files of their own, for slides and papers. */
public final class ChartFiles {
    private ChartFiles() {}

    /**
     * Writes each chart as SVG and as PNG, named by its title.
     *
     * @param folder made if it is not there; files of these names are overwritten
     * @return how many charts there were
     * @throws BadInputException when it cannot be written
     */
    public static int write(HtmlReport page, Path folder) {
        var charts = new ArrayList<Chart>();
        page.sections().forEach(section -> collect(section.blocks(), charts));
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BadInputException("%s: cannot be made a folder (%s).".formatted(folder, e), e);
        }
        var names = new HashSet<String>();
        for (Chart chart : charts) {
            String name = unused(name(chart.title()), names);
            ChartImage.write(chart, folder.resolve(name + ".svg"));
            ChartImage.write(chart, folder.resolve(name + ".png"));
        }
        return charts.size();
    }

    private static void collect(List<Block> blocks, List<Chart> charts) {
        for (Block block : blocks) {
            if (block instanceof Block.Picture(Chart chart, var _)) {
                charts.add(chart);
            } else if (block instanceof Block.Details(var _, List<Block> inner)) {
                collect(inner, charts);
            }
        }
    }

    private static String name(String title) {
        String name =
                title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-").replaceAll("^-|-$", "");
        return name.isEmpty() ? "chart" : name;
    }

    private static String unused(String name, HashSet<String> names) {
        String unused = name;
        for (int i = 2; !names.add(unused); i++) {
            unused = name + "-" + i;
        }
        return unused;
    }
}
