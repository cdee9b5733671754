package io.ppipe.load;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * Offers load to a server: requests are sent when a schedule made in advance says so, whether or not earlier ones have
 * been answered (open loop), and each is sent once, never again. Every request that is due ends exactly once in the
 * report.
 */
public final class LoadGenerator {
    private static final int RANDOM_PAYLOADS = 8;

    /** How long after its SLO an answer is still waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long PROGRESS_MILLIS = 200;

    private LoadGenerator() {}

    /**
     * Runs with random payloads made for the inputs in the model's metadata.
     *
     * @throws BadInputException if the server can't be reached, does not serve the model, or no SLO is known
     */
    public static LoadReport run(LoadSettings settings, AnswerListener listener, Progress progress) {
        return run(settings, Optional.empty(), listener, progress);
    }

    /**
     * Runs with {@code payloads}, in turn: request i carries payload i modulo their number. Returns when every request
     * has ended, at most the SLO and 10 s after the last one was due.
     *
     * @param progress called on this thread about five times a second
     * @throws BadInputException if the server can't be reached, does not serve the model, or no SLO is known
     * @throws CancellationException if this thread is interrupted
     */
    public static LoadReport run(
            LoadSettings settings, List<Payload> payloads, AnswerListener listener, Progress progress) {
        if (payloads.isEmpty()) {
            throw new IllegalArgumentException("No payloads.");
        }
        return run(settings, Optional.of(payloads), listener, progress);
    }

    private static LoadReport run(
            LoadSettings settings, Optional<List<Payload>> given, AnswerListener listener, Progress progress) {
        try (Endpoint endpoint = Endpoint.of(settings)) {
            Endpoint.Metadata metadata = endpoint.metadata();
            long sloMicros = settings.sloMicros()
                    .orElseGet(() -> metadata.sloMicros()
                            .orElseThrow(() -> new BadInputException(
                                    "Target %s: the metadata of model %s gives no SLO (parameters.slo_us); give one with --slo-ms."
                                            .formatted(settings.target(), settings.model()))));
            List<Payload> payloads =
                    given.orElseGet(() -> Payloads.random(metadata.inputs(), RANDOM_PAYLOADS, settings.seed()));
            Duration answerLimit = PATIENCE.plusNanos(TimeUnit.MICROSECONDS.toNanos(sloMicros));
            Endpoint.Requests requests = endpoint.requests(
                    payloads, settings.sendTimeout() ? OptionalLong.of(sloMicros) : OptionalLong.empty(), answerLimit);
            var schedule =
                    SendSchedule.of(settings.arrivals(), settings.ratePerSecond(), settings.seconds(), settings.seed());
            var tally = new Tally(sloMicros);
            var sender = new Sender(schedule, requests, payloads.size(), settings.maxInFlight(), listener, tally);
            sendAll(sender, schedule.count(), progress);
            tally.close(answerLimit.toMillis());
            sender.rethrow();
            return tally.report(settings);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static void sendAll(Sender sender, int count, Progress progress) throws InterruptedException {
        Thread thread = Thread.ofPlatform().name("load-sender").daemon().unstarted(sender);
        thread.start();
        try {
            while (!thread.join(Duration.ofMillis(PROGRESS_MILLIS))) {
                progress.report("sending requests", sender.done(), count);
            }
        } finally {
            sender.stop();
        }
        progress.report("sending requests", count, count);
    }

    static CancellationException interrupted() {
        Thread.currentThread().interrupt();
        return new CancellationException("The load run was interrupted.");
    }
}
