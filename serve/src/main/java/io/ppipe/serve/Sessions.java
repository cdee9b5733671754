package io.ppipe.serve;

import io.ppipe.execute.ExecutionException;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.StageSession;
import io.ppipe.model.Executor;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.TensorSpec;
import io.ppipe.model.Vgpu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The loaded stages; none for emulated vGPUs that don't compute. Emulated vGPUs of a pool share one session (they compute in turn on the same cores, and the weights
 * are in memory once); every {@code cpu} vGPU has its own, with its own threads.
 */
final class Sessions implements AutoCloseable {
    private final List<Optional<StageSession>> byVgpu = new ArrayList<>();
    private final Map<Key, StageSession> opened = new LinkedHashMap<>();

    /** @param owner the vGPU that doesn't share the session, or −1 */
    private record Key(Partition partition, int threads, int owner) {}

    private Sessions() {}

    /** Loads every stage that the plan needs and runs each once with a full batch, so that the first request is no slower. */
    static Sessions open(
            Scenario scenario,
            Plan plan,
            Partitions partitions,
            SessionSettings.Optimisation optimisation,
            Progress progress) {
        var sessions = new Sessions();
        try {
            for (int i = 0; i < plan.vgpus().size(); i++) {
                Vgpu vgpu = plan.vgpus().get(i);
                Pipeline pipeline = plan.models().get(vgpu.model()).pipelines().get(vgpu.pipeline());
                var stage = pipeline.stages().get(vgpu.stage());
                Partition partition = partitions.of(vgpu.model(), stage.firstBlock(), stage.endBlock());
                Executor executor = scenario.cluster()
                        .gpuClass(vgpu.gpuClass())
                        .orElseThrow()
                        .executor();
                Optional<Key> key = switch (executor) {
                    case Executor.Cpu(int threads) -> Optional.of(new Key(partition, threads, i));
                    case Executor.Emulated emulated ->
                        emulated.compute() ? Optional.of(new Key(partition, 1, -1)) : Optional.empty();
                };
                sessions.byVgpu.add(key.map(k -> sessions.session(k, optimisation, pipeline.batchSize())));
                progress.report("loading stages", i + 1, plan.vgpus().size());
            }
            return sessions;
        } catch (RuntimeException e) {
            sessions.close();
            throw e;
        }
    }

    /** Returns what is open already, or a session that has run once. */
    private StageSession session(Key key, SessionSettings.Optimisation optimisation, int batchSize) {
        StageSession session = opened.get(key);
        if (session == null) {
            session = StageSession.open(key.partition(), new SessionSettings(key.threads(), optimisation));
            opened.put(key, session);
            warmUp(session, batchSize);
        }
        return session;
    }

    private static void warmUp(StageSession session, int batchSize) {
        try {
            session.run(
                    batchSize,
                    zeros(session.partition().inputs(), batchSize),
                    zeros(session.partition().outputs(), batchSize));
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "Stage %s does not run: %s".formatted(session.partition().onnx(), e.getMessage()), e);
        }
    }

    private static List<ByteBuffer> zeros(List<TensorSpec> specs, int batchSize) {
        return specs.stream()
                .map(spec -> ByteBuffer.allocateDirect(Math.toIntExact(spec.bytesPerRequest() * batchSize))
                        .order(ByteOrder.nativeOrder()))
                .toList();
    }

    /** Returns the session of a vGPU of the plan; none where it doesn't compute. */
    Optional<StageSession> of(int vgpu) {
        return byVgpu.get(vgpu);
    }

    @Override
    public void close() {
        opened.values().forEach(StageSession::close);
    }
}
