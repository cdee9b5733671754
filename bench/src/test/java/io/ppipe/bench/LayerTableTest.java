package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.ppipe.model.BadInputException;
import io.ppipe.profile.Prepartition;
import io.ppipe.profile.Prepartition.Bounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerTableTest {
    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void writeFolder() throws IOException {
        SmallReference.write(folder);
    }

    private LayerTable table() {
        return new ReferenceFolder(folder).layerTables().getFirst();
    }

    @Test
    void readsTheLayersOfEveryClass() {
        assertThat(table().model()).isEqualTo("m");
        assertThat(table().classes()).containsExactly("fast", "slow");
        assertThat(table().micros()).isEqualTo(new double[][] {{10, 10, 10, 10, 10, 10}, {30, 30, 30, 30, 30, 30}});
        assertThat(table().bytesAfter()).containsExactly(900, 100, 900, 900, 0, 0);
    }

    @Test
    void knowsWhatThePublishedBlocksCost() throws IOException {
        SmallReference.text(
                folder.resolve("published-prepartition.csv"), "model,lower_bound,upper_bound,blocks\nm,0.5,1.5,3\n");
        var published = table().published().orElseThrow();

        assertThat(published.ends()).containsExactly(2, 4, 6);
        assertThat(published.bounds()).contains(new Bounds(0.5, 1.5));
        assertThat(table().boundaryBytes(published)).isEqualTo(1000);
        assertThat(table().spread(published).lower()).isCloseTo(1, within(1e-9));
    }

    @Test
    void cutsWhereLessCrossesAsFarAsTheBoundsAllow() {
        Prepartition ours = table().prepartition(3, List.of(new Bounds(0.5, 1.5)));

        assertThat(ours.boundaryBytes()).isEqualTo(100);
        assertThat(ours.layersPerBlock()).containsExactly(2, 3, 1);
        assertThat(table().prepartition(3, Prepartition.LADDER).layersPerBlock())
                .containsExactly(2, 2, 2);
    }

    @Test
    void doesWithoutPublishedBlocks() throws IOException {
        Path file = folder.resolve("layers/m.csv");
        Files.writeString(file, Files.readString(file).replace("published_block", "other"));

        assertThat(table().published()).isEmpty();
    }

    @Test
    void publishedBlocksFollowEachOther() throws IOException {
        Path file = folder.resolve("layers/m.csv");
        Files.writeString(file, Files.readString(file).replace("1x3x3,2", "1x3x3,3"));

        assertThatThrownBy(this::table)
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll("m.csv:6", "published_block ('3')", "1 or 2");
    }
}
