package io.ppipe.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody may have meant. */
public final class Nearest {
    private Nearest() {}

    /** Returns the first of the words that the fewest edits make of {@code typed}, if it is close enough to be meant. */
    public static Optional<String> to(String typed, List<String> words) {
        // One edit in three letters: `size` is not near `name`, `nic_gpbs` is near `nic_gbps`.
        int fewest = Math.max(1, Math.min(typed.length(), 30) / 3) + 1;
        Optional<String> nearest = Optional.empty();
        for (String word : words) {
            if (word.startsWith(normal(typed) + "_")) {
                return Optional.of(word); // the unit was forgotten: `slo` for `slo_ms`
            }
            if (Math.abs(word.length() - typed.length()) < fewest) {
                int edits = edits(normal(typed), normal(word));
                if (edits < fewest) {
                    fewest = edits;
                    nearest = Optional.of(word);
                }
            }
        }
        return nearest;
    }

    /** `sloMs`, `slo-ms` and `SLO_MS` are all near `slo_ms`. */
    private static String normal(String word) {
        return word.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /** Counts insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
    static int edits(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                int least = edits[i - 1][j - 1] + (same ? 0 : 1);
                least = Math.min(least, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    least = Math.min(least, 1 + edits[i - 2][j - 2]);
                }
                edits[i][j] = least;
            }
        }
        return edits[from.length()][to.length()];
    }
}
