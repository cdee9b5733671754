package io.ppipe.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class EmulatedNetworkTest {
    private static final double MBIT = 1e6;

    private record Travelled(String name, long start, long end) {}

    private final long originNanos = System.nanoTime();
    private final LongSupplier clock = () -> (System.nanoTime() - originNanos) / 1000;
    private final List<Travelled> travelled = Collections.synchronizedList(new ArrayList<>());

    private Network.Delivery noting(String name, CountDownLatch arrivals) {
        return (start, end) -> {
            travelled.add(new Travelled(name, start, end));
            arrivals.countDown();
        };
    }

    private Travelled travelled(String name) {
        return travelled.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void takesTheTimeOfTheSlowerNicAndWaitsForTheSlot() throws InterruptedException {
        var arrivals = new CountDownLatch(1);
        try (var network = new EmulatedNetwork(clock, new double[] {8 * MBIT, 80 * MBIT})) {
            network.transfer(0, 1, 10_000, 5_000, noting("a", arrivals));

            assertThat(arrivals.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(travelled("a").start()).isGreaterThanOrEqualTo(5_000);
        assertThat(travelled("a").end() - travelled("a").start()).isGreaterThanOrEqualTo(10_000);
    }

    @Test
    void aLinkCarriesOneTransferAtATime() throws InterruptedException {
        var arrivals = new CountDownLatch(3);
        try (var network = new EmulatedNetwork(clock, new double[] {8 * MBIT, 8 * MBIT, 8 * MBIT, 8 * MBIT})) {
            network.transfer(0, 2, 10_000, 0, noting("a", arrivals));
            network.transfer(1, 2, 10_000, 0, noting("same downlink", arrivals));
            network.transfer(0, 3, 10_000, 0, noting("same uplink", arrivals));

            assertThat(arrivals.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(travelled("same downlink").start())
                .isGreaterThanOrEqualTo(travelled("a").start() + 10_000);
        assertThat(travelled("same uplink").start())
                .isGreaterThanOrEqualTo(travelled("a").start() + 10_000);
    }

    @Test
    void withinAServerNothingTravels() {
        var arrivals = new CountDownLatch(1);
        try (var network = new EmulatedNetwork(clock, new double[] {1})) {
            network.transfer(0, 0, 1_000_000, 0, noting("a", arrivals));
        }
        assertThat(travelled("a").start()).isEqualTo(travelled("a").end());
    }
}
