package io.ppipe.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.serve.InferenceStatistics.Total;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private final Statistics statistics = new Statistics();

    @Test
    void countsAnsweredItemsAndCallsApart() {
        statistics.ended("cat", "1", true, 8, 20);
        statistics.ended("cat", "1", true, 1, 30);
        statistics.ended("cat", "1", false, 4, 5);

        InferenceStatistics read = statistics.read("cat", "1");
        assertThat(read.inferenceCount()).isEqualTo(9);
        assertThat(read.success()).isEqualTo(new Total(2, 50_000));
        assertThat(read.fail()).isEqualTo(new Total(1, 5_000));
        assertThat(read.lastInferenceMillis()).isPositive();
    }

    @Test
    void countsVersionsApart() {
        statistics.ended("cat", "1", true, 1, 20);

        InferenceStatistics read = statistics.read("cat", "2");
        assertThat(read.success()).isEqualTo(Total.NONE);
        assertThat(read.lastInferenceMillis()).isZero();
        assertThat(read.batches()).isEmpty();
    }

    @Test
    void addsTheTimeOfAnAnswerToItsBatch() {
        statistics.answered("cat", "1", 4, 100);

        InferenceStatistics read = statistics.read("cat", "1");
        assertThat(read.computeOutput()).isEqualTo(new Total(4, 400));
        assertThat(read.batches()).singleElement().satisfies(batches -> {
            assertThat(batches.size()).isEqualTo(4);
            assertThat(batches.computeOutput()).isEqualTo(new Total(1, 100));
        });
    }
}
