package io.ppipe.serve;

import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One vGPU: runs one stage of one batch at a time, in the order of the reserved starts, none before its slot. Its thread
 * is the vGPU; while it works or waits for an emulated GPU's time to pass, the vGPU is busy.
 */
final class VgpuWorker implements AutoCloseable {
    private final Clock clock;
    private final Work work;
    private final DelayQueue<Task> queue = new DelayQueue<>();
    private final Thread thread;

    /** What a vGPU does with a task; returns when the vGPU is free again. Never throws. */
    @FunctionalInterface
    interface Work {
        void run(BatchRun run, int stage);
    }

    VgpuWorker(int vgpu, Clock clock, Work work) {
        this.clock = clock;
        this.work = work;
        this.thread = Thread.ofPlatform().name("ppipe-vgpu-" + vgpu).unstarted(this::run);
    }

    private final class Task implements Delayed {
        private final long startMicros;
        private final BatchRun run;
        private final int stage;

        Task(long startMicros, BatchRun run, int stage) {
            this.startMicros = startMicros;
            this.run = run;
            this.stage = stage;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(startMicros - clock.getAsLong(), TimeUnit.MICROSECONDS);
        }

        @Override
        @SuppressWarnings("unchecked") // a DelayQueue<Task> compares tasks with tasks
        public int compareTo(Delayed other) {
            Task task = (Task) other;
            int byStart = Long.compare(startMicros, task.startMicros);
            return byStart != 0
                    ? byStart
                    : Long.compare(run.batch().id(), task.run.batch().id());
        }
    }

    void start() {
        thread.start();
    }

    /** Hands over a stage whose inputs are here. */
    void enqueue(long startMicros, BatchRun run, int stage) {
        queue.add(new Task(startMicros, run, stage));
    }

    private void run() {
        try {
            while (true) {
                Task task = queue.take();
                work.run(task.run, task.stage);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() asked for it
        }
    }

    /** Waits on the calling thread until the clock has reached {@code untilMicros}. */
    static void pause(Clock clock, long untilMicros) {
        for (long left = untilMicros - clock.getAsLong();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = untilMicros - clock.getAsLong()) {
            LockSupport.parkNanos(left * 1000);
        }
    }

    /** Asks the thread to end after the stage that it runs. */
    void interrupt() {
        thread.interrupt();
    }

    /** Ends the thread; returns when the stage that it was running is over. */
    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
