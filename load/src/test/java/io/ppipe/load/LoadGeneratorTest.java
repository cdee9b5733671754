package io.ppipe.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpStatus;
import io.grpc.Status;
import io.ppipe.load.FakeServer.Act;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import io.ppipe.model.Progress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Over real sockets on this machine. */
class LoadGeneratorTest {
    private static final long SLO_MICROS = 5_000_000; // ample: these tests are about counts, on busy machines too

    private static final Act ANSWER = new Act.Answer(0);
    private static final Act UNREACHABLE =
            new Act.Refuse(HttpStatus.SERVICE_UNAVAILABLE, Status.ABORTED, "deadline_unreachable");
    private static final Act OVERLOADED =
            new Act.Refuse(HttpStatus.TOO_MANY_REQUESTS, Status.RESOURCE_EXHAUSTED, "overloaded");
    private static final Act EXPIRED = new Act.Refuse(HttpStatus.GATEWAY_TIMEOUT, Status.DEADLINE_EXCEEDED, "expired");
    private static final Act FAILED = new Act.Refuse(HttpStatus.INTERNAL_SERVER_ERROR, Status.INTERNAL, "failed");
    private static final Act INVALID = new Act.Refuse(HttpStatus.BAD_REQUEST, Status.INVALID_ARGUMENT, "invalid");

    enum Wire {
        REST {
            @Override
            URI of(FakeServer server) {
                return server.rest();
            }
        },
        GRPC {
            @Override
            URI of(FakeServer server) {
                return server.grpc();
            }
        };

        abstract URI of(FakeServer server);
    }

    @ParameterizedTest
    @EnumSource
    void countsEveryRequestOnceAndHandsOutRightAnswers(Wire wire) {
        try (var server = new FakeServer(n -> ANSWER)) {
            List<Payload> payloads = List.of(payload(1), payload(2), payload(3));
            var right = new AtomicInteger();

            LoadReport report = LoadGenerator.run(
                    settings(wire.of(server), 200, 0.5),
                    payloads,
                    (index, outputs) -> {
                        if (isDouble(payloads.get(index), outputs)) {
                            right.incrementAndGet();
                        }
                    },
                    Progress.NONE);

            assertThat(report.text()).isNotEmpty();
            assertThat(report.sent()).isEqualTo(100);
            assertThat(report.summary().inTime()).isEqualTo(100);
            assertThat(report.summary().arrived()).isEqualTo(100);
            assertThat(report.latencyMicros().count()).isEqualTo(100);
            assertThat(right).hasValue(100);
            assertThat(server.requests()).isEqualTo(100);
            assertThat(server.timeouts()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void sortsEndingsByCause(Wire wire) {
        List<Act> acts =
                List.of(ANSWER, UNREACHABLE, UNREACHABLE, OVERLOADED, EXPIRED, FAILED, INVALID, new Act.Nonsense());
        try (var server = new FakeServer(n -> acts.get(n % acts.size()))) {
            LoadReport report = run(settings(wire.of(server), 400, 0.2)); // 80 requests: each act ten times

            assertThat(report.sent()).isEqualTo(80);
            assertThat(report.summary().inTime()).isEqualTo(10);
            assertThat(report.rejections()).isEqualTo(Map.of("deadline_unreachable", 20L, "overloaded", 10L));
            assertThat(report.summary().rejected()).isEqualTo(30);
            assertThat(report.summary().expired()).isEqualTo(10);
            assertThat(report.failures())
                    .isEqualTo(
                            wire == Wire.REST
                                    ? Map.of("http_500", 10L, "http_400", 10L, "bad_answer", 10L)
                                    : Map.of("grpc_internal", 10L, "grpc_invalid_argument", 10L, "bad_answer", 10L));
            assertThat(report.summary().failed()).isEqualTo(30);
            assertThat(report.disconnected()).isZero();
            assertThat(report.text()).containsOnlyOnce("refused: invalid");
        }
    }

    @ParameterizedTest
    @EnumSource
    void brokenConnectionsCountAsDisconnected(Wire wire) {
        try (var server = new FakeServer(n -> n % 20 == 10 ? new Act.Close() : ANSWER)) {
            LoadReport report = run(settings(wire.of(server), 200, 0.5));

            assertThat(report.sent()).isEqualTo(100);
            assertThat(report.disconnected()).isBetween(5L, 50L);
            assertThat(report.summary().inTime()).isEqualTo(100 - report.disconnected());
            assertThat(report.failures()).isEmpty();
            assertThat(report.summary().failed()).isEqualTo(report.disconnected());
            assertThat(server.requests()).isLessThanOrEqualTo(100); // nothing is sent twice
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestsAfterTheServerDiedCountAsDisconnected(Wire wire) {
        try (var server = new FakeServer(n -> ANSWER)) {
            var killer = new AtomicInteger();
            LoadReport report = LoadGenerator.run(
                    settings(wire.of(server), 100, 1),
                    List.of(payload(1)),
                    (index, outputs) -> {
                        if (killer.incrementAndGet() == 30) {
                            Thread.startVirtualThread(server::close);
                        }
                    },
                    Progress.NONE);

            assertThat(report.disconnected()).isPositive();
            assertThat(report.failures()).isEmpty();
            assertThat(report.summary().inTime() + report.disconnected()).isEqualTo(report.sent());
            assertThat(report.sent()).isEqualTo(100);
        }
    }

    @Test
    void stallOfTheServerShowsInTheRequestsThatWereDueMeanwhile() {
        // 200 requests in 1 s; everything that comes between the 80th and the 120th is answered at the 120th's time.
        try (var server = new FakeServer(n -> new Act.Answer(n >= 80 && n < 120 ? (120 - n) * 5L : 0))) {
            LoadReport report = run(settings(server.rest(), 200, 1));

            // 20 % of the requests took 5 to 200 ms, so the 90th percentile is the middle of the stall.
            assertThat(report.latencyMicros().p90()).isGreaterThan(80_000);
            assertThat(report.latencyMicros().max()).isGreaterThan(195_000);
        }
    }

    @Test
    void sendsNothingBeyondMaxInFlightAndCountsIt() {
        try (var server = new FakeServer(n -> new Act.Answer(1000))) {
            var settings = settings(server.rest(), 100, 0.5);

            LoadReport report = run(new LoadSettings(
                    settings.target(), "doubler", Arrivals.FIXED, 100, 0.5, 1, settings.sloMicros(), false, 8));

            assertThat(report.sent()).isEqualTo(8);
            assertThat(server.requests()).isEqualTo(8);
            assertThat(report.failures()).isEqualTo(Map.of("client_overload", 42L));
            assertThat(report.summary().arrived()).isEqualTo(50);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsTheServerTheTimeoutWhenAsked(Wire wire) {
        try (var server = new FakeServer(n -> ANSWER)) {
            run(new LoadSettings(
                    wire.of(server), "doubler", Arrivals.FIXED, 20, 0.2, 1, OptionalLong.of(SLO_MICROS), true, 8));

            assertThat(server.timeouts()).containsExactly(SLO_MICROS, SLO_MICROS, SLO_MICROS, SLO_MICROS);
        }
    }

    @Test
    void takesTheSloAndTheInputsFromTheMetadata() {
        try (var server = new FakeServer(n -> new Act.Answer(n == 0 ? 200 : 0))) {
            LoadReport report = LoadGenerator.run(
                    settings(server.rest(), 20, 0.5, OptionalLong.empty()), AnswerListener.NONE, Progress.NONE);

            assertThat(report.sloMicros()).isEqualTo(100_000);
            assertThat(report.summary().late()).isPositive();
            assertThat(report.summary().inTime() + report.summary().late()).isEqualTo(10);
        }
    }

    @Test
    void asksForTheSloWhereTheMetadataHasNone() {
        try (var server = new FakeServer(n -> ANSWER)) {
            assertThatThrownBy(() -> run(settings(server.grpc(), 20, 0.5, OptionalLong.empty())))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("--slo-ms");
        }
    }

    @Test
    void throwsWhatTheListenerThrows() {
        try (var server = new FakeServer(n -> ANSWER)) {
            assertThatThrownBy(() -> LoadGenerator.run(
                            settings(server.rest(), 100, 0.2),
                            (index, outputs) -> {
                                throw new IllegalStateException("wrong answer");
                            },
                            Progress.NONE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("wrong answer");
        }
    }

    private static LoadReport run(LoadSettings settings) {
        return LoadGenerator.run(settings, AnswerListener.NONE, Progress.NONE);
    }

    private static LoadSettings settings(URI target, double ratePerSecond, double seconds) {
        return settings(target, ratePerSecond, seconds, OptionalLong.of(SLO_MICROS));
    }

    private static LoadSettings settings(URI target, double ratePerSecond, double seconds, OptionalLong sloMicros) {
        return new LoadSettings(target, "doubler", Arrivals.FIXED, ratePerSecond, seconds, 1, sloMicros, false, 10_000);
    }

    private static Payload payload(float value) {
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 4; i++) {
            data.putFloat(value + i);
        }
        return new Payload(List.of(new InputTensor("x", ElementType.FP32, List.of(1L, 4L), data.flip())));
    }

    private static boolean isDouble(Payload payload, Map<String, ByteBuffer> outputs) {
        ByteBuffer x = payload.inputs().getFirst().data();
        ByteBuffer y = Objects.requireNonNull(outputs.get("y"));
        while (x.hasRemaining()) {
            if (y.getFloat() != 2 * x.getFloat()) {
                return false;
            }
        }
        return !y.hasRemaining();
    }
}
