package io.ppipe.simulate;

import java.util.Arrays;

/*
 * A winner tree. Players are the leaves of a complete binary tree, an inner node names the player with the earlier time
 * of the two below it, the root names the earliest of all. When a player's time changes, only the nodes above its leaf
 * can change: log2(players) comparisons, without the swaps of a heap, and no search.
 */

/** Players with one time each, and who of them is the earliest; on a tie, the one with the lower index. */
final class Tournament {
    private final double[] micros;
    private final int[] winner;
    private final int leaves;

    /** @param players at least 0; all times are infinite at first */
    Tournament(int players) {
        leaves = Math.max(1, Integer.highestOneBit(Math.max(1, 2 * players - 1)));
        micros = new double[leaves];
        Arrays.fill(micros, Double.POSITIVE_INFINITY);
        winner = new int[2 * leaves];
        for (int i = 0; i < leaves; i++) {
            winner[leaves + i] = i;
        }
        for (int node = leaves - 1; node > 0; node--) {
            winner[node] = winner[2 * node];
        }
    }

    /** Returns the index of the player with the earliest time. */
    int earliest() {
        return winner[1];
    }

    /** Returns the earliest time. */
    double earliestMicros() {
        return micros[winner[1]];
    }

    /** Gives a player another time. Costs O(log players). */
    void set(int player, double newMicros) {
        micros[player] = newMicros;
        for (int node = (leaves + player) >> 1; node > 0; node >>= 1) {
            int left = winner[2 * node];
            int right = winner[2 * node + 1];
            winner[node] = micros[left] <= micros[right] ? left : right;
        }
    }
}
