package io.ppipe.serve;

import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Scheduler;
import java.util.ArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one thread that owns the scheduler. Everybody else puts events into the inbox. The inbox has no bound of its own:
 * what can be in it is bounded by the requests in flight, which {@link PipelineServer} bounds.
 */
final class SchedulerLoop implements AutoCloseable {
    private static final long IDLE_MICROS = 1_000_000;

    private final Scheduler scheduler;
    private final Clock clock;
    private final Consumer<Decision> decisions;
    private final Consumer<Throwable> died;
    private final SchedulerLog log;
    private final boolean logged;
    private final LinkedBlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean running = true;

    /**
     * @param decisions carries decisions out, on the loop's thread; must not block
     * @param log told of every call
     * @param died told when the scheduler contradicted itself, which ends the loop: better no answer than a guess
     */
    SchedulerLoop(
            Scheduler scheduler,
            Clock clock,
            Consumer<Decision> decisions,
            SchedulerLog log,
            Consumer<Throwable> died) {
        this.scheduler = scheduler;
        this.clock = clock;
        this.decisions = decisions;
        this.log = log;
        this.logged = !log.equals(SchedulerLog.NONE);
        this.died = died;
        this.thread = Thread.ofPlatform().name("ppipe-scheduler").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void post(Event event) {
        inbox.add(event);
    }

    private void run() {
        try {
            while (running) {
                long tick = scheduler.nextTickMicros();
                long wait = tick == Scheduler.NEVER ? IDLE_MICROS : Math.max(0, tick - clock.getAsLong());
                Event event = inbox.poll(wait, TimeUnit.MICROSECONDS);
                call(event == null ? new Event.Tick() : event);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() asked for it
        } catch (RuntimeException | AssertionError e) {
            died.accept(e);
        }
    }

    private void call(Event event) {
        long now = clock.getAsLong();
        if (!logged) {
            scheduler.on(event, now, decisions);
            return;
        }
        var made = new ArrayList<Decision>();
        try {
            scheduler.on(event, now, decision -> {
                made.add(decision);
                decisions.accept(decision);
            });
        } finally { // a call that fails is the one that matters most
            log.called(now, event, made);
        }
    }

    @Override
    public void close() {
        running = false;
        thread.interrupt();
    }
}
