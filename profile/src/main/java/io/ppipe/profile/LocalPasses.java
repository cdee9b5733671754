package io.ppipe.profile;

import io.ppipe.execute.ExecutionException;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.StageSession;
import io.ppipe.model.BadInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * Passes in this process. Each stage runs on what the blocks before it made, so the first stages must be the model's blocks
 * in their order.
 */
final class LocalPasses implements Passes {
    private final String model;
    private final Clock clock;
    private final ProbeTensors tensors;
    private final List<StageSession> stages = new ArrayList<>();

    private LocalPasses(String model, int maxBatchSize, Clock clock) {
        this.model = model;
        this.clock = clock;
        this.tensors = new ProbeTensors(maxBatchSize);
    }

    /** Loads the stages of a model. */
    static LocalPasses open(String model, List<Partition> stages, SessionSettings session, int maxBatchSize) {
        return open(model, stages, session, maxBatchSize, Clock.WALL);
    }

    static LocalPasses open(
            String model, List<Partition> stages, SessionSettings session, int maxBatchSize, Clock clock) {
        var passes = new LocalPasses(model, maxBatchSize, clock);
        try {
            stages.forEach(stage -> passes.stages.add(StageSession.open(stage, session)));
            return passes;
        } catch (RuntimeException e) {
            passes.close();
            throw e;
        }
    }

    @Override
    public long[][] run(int batchSize) {
        var nanos = new long[stages.size()];
        for (int i = 0; i < nanos.length; i++) {
            StageSession stage = stages.get(i);
            var inputs = tensors.of(stage.partition().inputs());
            var outputs = tensors.of(stage.partition().outputs());
            long startNanos = clock.nanos();
            try {
                stage.run(batchSize, inputs, outputs);
            } catch (ExecutionException e) {
                throw new BadInputException(
                        "%s: it cannot be run at batch size %d (maybe export it with a fixed batch of 1): %s"
                                .formatted(model, batchSize, e.getMessage()),
                        e);
            }
            nanos[i] = clock.nanos() - startNanos;
        }
        return new long[][] {nanos};
    }

    @Override
    public void close() {
        stages.forEach(StageSession::close);
    }
}
