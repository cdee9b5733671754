package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TournamentTest {
    @Test
    void knowsTheEarliestAfterEveryChange() {
        var random = new SplittableRandom(3);
        for (int players = 1; players <= 40; players++) {
            var tournament = new Tournament(players);
            double[] micros = new double[players];
            Arrays.fill(micros, Double.POSITIVE_INFINITY);
            for (int round = 0; round < 300; round++) {
                int player = random.nextInt(players);
                micros[player] = random.nextInt(50); // so that there are ties
                tournament.set(player, micros[player]);
                int earliest = 0;
                for (int i = 1; i < players; i++) {
                    earliest = micros[i] < micros[earliest] ? i : earliest;
                }
                assertThat(tournament.earliest()).isEqualTo(earliest);
                assertThat(tournament.earliestMicros()).isEqualTo(micros[earliest]);
            }
        }
    }

    @Test
    void hasNoTimeWithoutPlayers() {
        assertThat(new Tournament(0).earliestMicros()).isInfinite();
    }
}
