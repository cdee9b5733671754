package io.ppipe.serve;

import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Scheduler;
import java.util.ArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The one thread that owns the scheduler. Everybody else puts events into the inbox. The inbox has no bound of its own:
 * what can be in it is bounded by the requests in flight, which {@link PipelineServer} bounds.
 */
final class SchedulerLoop implements AutoCloseable {
    private static final long IDLE_MICROS = 1_000_000;

    private final Scheduler scheduler;
    private final Clock clock;
    private final Consumer<Decision> decisions;
    private final LongConsumer took;
    private final Consumer<Throwable> died;
    private final SchedulerLog log;
    private final boolean logged;
    private final LinkedBlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final Thread thread;
    /** What the scheduler has been told last; only the loop's thread reads and writes it. */
    private Event event = new Event.Tick();

    /** When; of the same thread. */
    private long nowMicros;

    private volatile boolean running = true;

    /** Carries out what was decided upon an event. */
    interface Carrier {
        void carryOut(Decision decision, Event upon, long nowMicros);
    }

    /**
     * @param decisions carries decisions out, on the loop's thread; must not block
     * @param log told of every call
     * @param took told the length of every call, decisions carried out, in nanoseconds
     * @param died told when the scheduler contradicted itself, which ends the loop: better no answer than a guess
     */
    SchedulerLoop(
            Scheduler scheduler,
            Clock clock,
            Carrier decisions,
            SchedulerLog log,
            LongConsumer took,
            Consumer<Throwable> died) {
        this.scheduler = scheduler;
        this.clock = clock;
        this.decisions = decision -> decisions.carryOut(decision, event, nowMicros);
        this.log = log;
        this.logged = !log.equals(SchedulerLog.NONE);
        this.took = took;
        this.died = died;
        this.thread = Thread.ofPlatform().name("ppipe-scheduler").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void post(Event event) {
        inbox.add(event);
    }

    /** Returns how many events wait. */
    int waiting() {
        return inbox.size();
    }

    private void run() {
        try {
            while (running) {
                long tick = scheduler.nextTickMicros();
                long wait = tick == Scheduler.NEVER ? IDLE_MICROS : Math.max(0, tick - clock.getAsLong());
                Event next = inbox.poll(wait, TimeUnit.MICROSECONDS);
                event = next == null ? new Event.Tick() : next;
                long began = System.nanoTime();
                call();
                took.accept(System.nanoTime() - began);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() asked for it
        } catch (RuntimeException | AssertionError e) {
            died.accept(e);
        }
    }

    private void call() {
        nowMicros = clock.getAsLong();
        if (!logged) {
            scheduler.on(event, nowMicros, decisions);
            return;
        }
        var made = new ArrayList<Decision>();
        try {
            scheduler.on(event, nowMicros, decision -> {
                made.add(decision);
                decisions.accept(decision);
            });
        } finally { // a call that fails is the one that matters most
            log.called(nowMicros, event, made);
        }
    }

    @Override
    public void close() {
        running = false;
        thread.interrupt();
    }
}
