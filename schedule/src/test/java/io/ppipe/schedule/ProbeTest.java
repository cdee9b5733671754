package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.schedule.RouteTable.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeTest {
    private static final long NOW = 10_000;

    /** A promise, as it was made. */
    private record Promise(long start, long end) {}

    /** Random promises of everything, kept a second time so that a naive search can look at them. */
    private static final class Books {
        final RouteTable table;
        final ReservationBook book;
        final List<List<Promise>> vgpus = new ArrayList<>();
        final List<List<Promise>> uplinks = new ArrayList<>();
        final List<List<Promise>> downlinks = new ArrayList<>();
        private long nextKey;

        Books(Scenario scenario, Plan plan) {
            table = new RouteTable(scenario, plan);
            book = new ReservationBook(table);
            Arrays.stream(table.serverOfVgpu).forEach(_ -> vgpus.add(new ArrayList<>()));
            for (int server = 0; server < table.serverCount; server++) {
                uplinks.add(new ArrayList<>());
                downlinks.add(new ArrayList<>());
            }
        }

        Route route() {
            return table.routes[0][0];
        }

        void promise(int vgpu, long start, long end) {
            book.promise(vgpu, start, end, nextKey++);
            vgpus.get(vgpu).add(new Promise(start, end));
        }

        void send(int from, int to, long start, long end) {
            book.holdLinks(new Transfer(from, to, start, end), 0, nextKey++);
            uplinks.get(from).add(new Promise(start, end));
            downlinks.get(to).add(new Promise(start, end));
        }

        void fill(SplittableRandom random) {
            for (int vgpu = 0; vgpu < vgpus.size(); vgpu++) {
                if (random.nextInt(8) == 0) {
                    book.lose(vgpu);
                    continue;
                }
                int count = random.nextInt(5);
                long at = NOW - random.nextInt(1500); // what ends before NOW is overdue
                for (int i = 0; i < count; i++) {
                    long end = at + random.nextInt(1, 1500);
                    promise(vgpu, at, end);
                    at = random.nextBoolean() ? end : end + random.nextInt(1, 1500);
                }
            }
            int transfers = random.nextInt(4 * table.serverCount);
            for (int i = 0; i < transfers; i++) {
                int from = random.nextInt(table.serverCount);
                int to = random.nextInt(table.serverCount);
                long duration = random.nextInt(1, 400);
                long start = transferStart(from, to, NOW - 200 + random.nextInt(3000), duration);
                send(from, to, start, start + duration);
            }
        }

        long vgpuStart(int vgpu, long from, long duration) {
            return earliest(List.of(vgpus.get(vgpu)), from, duration);
        }

        long transferStart(int from, int to, long ready, long duration) {
            return earliest(List.of(uplinks.get(from), downlinks.get(to)), ready, duration);
        }

        /** Tries every time at which anything ends. */
        private static long earliest(List<List<Promise>> resources, long from, long duration) {
            var all = resources.stream().flatMap(List::stream).toList();
            return LongStream.concat(
                            LongStream.of(from),
                            all.stream().mapToLong(Promise::end).filter(end -> end > from))
                    .sorted()
                    .filter(start -> all.stream().noneMatch(p -> p.start() < start + duration && start < p.end()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Books random(SplittableRandom random) {
        int blocks = random.nextInt(1, 4);
        var fast = new ArrayList<List<Long>>();
        var slow = new ArrayList<List<Long>>();
        var cutBytes = new ArrayList<Integer>();
        for (int block = 0; block < blocks; block++) {
            fast.add(random.longs(4, 50, 1000).boxed().toList());
            slow.add(random.longs(4, 50, 1000).boxed().toList());
            if (block > 0) {
                cutBytes.add(random.nextInt(4) * random.nextInt(8 * TinyPlans.CUT_BYTES / 4));
            }
        }
        Scenario scenario = TinyPlans.scenario(random.nextInt(1, 5), cutBytes, fast, slow);
        var stages = new Stage[blocks];
        int[] halvesUsed = new int[2];
        for (int block = 0; block < blocks; block++) {
            int gpuClass = random.nextInt(2);
            int left = 2 * TinyPlans.GPUS_PER_CLASS - halvesUsed[gpuClass];
            int vgpus = Math.clamp(left / 2 - (blocks - block - 1), 1, random.nextInt(1, 5));
            halvesUsed[gpuClass] += vgpus;
            stages[block] = TinyPlans.stage(block, block + 1, gpuClass == 0 ? "fast" : "slow", 2, vgpus);
        }
        var books = new Books(scenario, TinyPlans.plan(TinyPlans.pipeline(4, stages)));
        books.fill(random);
        return books;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 10_001, 20_001, 30_001})
    void startsEveryStageAsEarlyAsASearchThroughAllVgpusDoes(long firstSeed) {
        int found = 0;
        for (long seed = firstSeed; seed < firstSeed + 2500; seed++) {
            var random = new SplittableRandom(seed);
            Books books = random(random);
            Route route = books.route();
            var probe = new Probe(books.table, books.book);
            int size = random.nextInt(1, 5);
            long from = NOW + (random.nextBoolean() ? 0 : random.nextInt(1000));

            long end = probe.walk(route, size, from, NOW);

            if (Arrays.stream(route.vgpus()).anyMatch(pool -> allLost(books, pool))) {
                assertThat(end).as("seed %d", seed).isEqualTo(Scheduler.NEVER);
                continue;
            }
            found++;
            checkRoute(seed, books, probe, size, from, end);
        }
        assertThat(found).isGreaterThan(1500);
    }

    private static boolean allLost(Books books, int[] pool) {
        return Arrays.stream(pool).allMatch(books.book::lost);
    }

    private static void checkRoute(long seed, Books books, Probe probe, int size, long from, long end) {
        Route route = books.route();
        Reservation[] stages = probe.stages();
        Transfer[] transfers = probe.transfers();
        long ready = from;
        long work = 0;
        for (int stage = 0; stage < stages.length; stage++) {
            String where = "seed %d, stage %d".formatted(seed, stage);
            long latency = route.latencyMicros()[stage][size];
            int sender = stage == 0 ? -1 : books.table.serverOfVgpu[stages[stage - 1].vgpu()];
            long earliest = Long.MAX_VALUE;
            for (int vgpu : route.vgpus()[stage]) {
                if (!books.book.lost(vgpu)) {
                    long arrival = arrival(books, route, stage, size, sender, vgpu, ready);
                    earliest = Math.min(earliest, books.vgpuStart(vgpu, arrival, latency));
                }
            }
            Reservation found = stages[stage];
            assertThat(found.startMicros()).as(where).isEqualTo(earliest);
            assertThat(found.endMicros()).as(where).isEqualTo(earliest + latency);
            assertThat(route.vgpus()[stage]).as(where).contains(found.vgpu());
            assertThat(books.book.lost(found.vgpu())).as(where).isFalse();
            assertThat(books.vgpuStart(found.vgpu(), found.startMicros(), latency))
                    .as(where)
                    .isEqualTo(found.startMicros());
            if (stage > 0) {
                Transfer transfer = transfers[stage - 1];
                int receiver = books.table.serverOfVgpu[found.vgpu()];
                assertThat(transfer.fromServer()).as(where).isEqualTo(sender);
                assertThat(transfer.toServer()).as(where).isEqualTo(receiver);
                long duration = sender == receiver ? 0 : route.transferMicros()[stage - 1][size];
                assertThat(transfer.endMicros() - transfer.startMicros())
                        .as(where)
                        .isEqualTo(duration);
                assertThat(transfer.startMicros()).as(where).isGreaterThanOrEqualTo(ready);
                assertThat(transfer.endMicros()).as(where).isLessThanOrEqualTo(found.startMicros());
                if (duration > 0) {
                    assertThat(books.transferStart(sender, receiver, transfer.startMicros(), duration))
                            .as(where)
                            .isEqualTo(transfer.startMicros());
                }
                work += duration;
            }
            work += latency;
            ready = found.endMicros();
        }
        assertThat(end).as("seed %d", seed).isEqualTo(ready);
        assertThat(probe.startMicros()).as("seed %d", seed).isEqualTo(stages[0].startMicros());
        assertThat(probe.queueingMicros()).as("seed %d", seed).isEqualTo(ready - from - work);
    }

    private static long arrival(Books books, Route route, int stage, int size, int sender, int vgpu, long ready) {
        if (stage == 0 || books.table.serverOfVgpu[vgpu] == sender) {
            return ready;
        }
        long duration = route.transferMicros()[stage - 1][size];
        return duration == 0
                ? ready
                : books.transferStart(sender, books.table.serverOfVgpu[vgpu], ready, duration) + duration;
    }

    @Test
    void usesAGapBeforeALaterPromise() {
        var books = new Books(TinyPlans.scenario(), TinyPlans.wholeOnFast(1, 1));
        books.promise(0, NOW, NOW + 500);
        books.promise(0, NOW + 2500, NOW + 4500);
        var probe = new Probe(books.table, books.book);

        assertThat(probe.walk(books.route(), 1, NOW, NOW)).isEqualTo(NOW + 2500);
        assertThat(probe.walk(books.route(), 1, NOW + 501, NOW)).isEqualTo(NOW + 6500);
    }

    @Test
    void ofVgpusThatAreFreeAtOnceTakesTheOneWhoseUplinkIs() {
        var books = new Books(TinyPlans.scenario(), TinyPlans.fastThenSlow(1, 2, 2));
        books.send(0, 7, NOW, NOW + 5000); // from the server of the first fast vGPU
        var probe = new Probe(books.table, books.book);

        assertThat(probe.walk(books.route(), 1, NOW, NOW)).isEqualTo(NOW + 1000 + 50 + 3000);
        assertThat(probe.stages()[0].vgpu()).isEqualTo(1);
    }

    @Test
    void prefersTheSendersServerToATransfer() {
        List<Long> row = List.of(100L, 100L, 100L, 100L);
        Scenario scenario = TinyPlans.scenario(2, List.of(TinyPlans.CUT_BYTES), List.of(row, row), List.of(row, row));
        // One fast GPU for the first stage, three for the second: the first of them shares its server.
        var books = new Books(
                scenario,
                TinyPlans.plan(
                        TinyPlans.pipeline(1, TinyPlans.stage(0, 1, "fast", 1), TinyPlans.stage(1, 2, "fast", 3))));
        books.promise(1, NOW, NOW + 140);
        var probe = new Probe(books.table, books.book);

        assertThat(probe.walk(books.route(), 1, NOW, NOW)).isEqualTo(NOW + 100 + 40 + 100); // a transfer would take 50
        assertThat(probe.stages()[1].vgpu()).isEqualTo(1);
        assertThat(probe.transfers()[0]).isEqualTo(new Transfer(0, 0, NOW + 100, NOW + 100));
    }
}
