package io.ppipe.cli;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.ppipe.format.ClusterFile;
import io.ppipe.format.PlanFile;
import io.ppipe.format.ProfileFile;
import io.ppipe.format.WorkloadFile;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Workload;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.ppipe.schedule.PolicyName;
import io.ppipe.serve.PipelineServer;
import io.ppipe.serve.SchedulerLog;
import io.ppipe.serve.front.FrontEndSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Optional;

/** The plan of a {@link SampleFolder}, served by this process, with clients of it. */
final class SampleServer implements AutoCloseable {
    /** Ours rather than the paper's: a request alone runs at once and doesn't wait for others until its deadline is near. */
    private static final PipelineServer.Settings SETTINGS =
            new PipelineServer.Settings(PolicyName.DEFERRED, 0.1, 4096, PipelineServer.Settings.DEFAULT.optimisation());

    private final RunningServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ManagedChannel channel;

    SampleServer(Path folder, Optional<Path> repository) {
        Workload workload = WorkloadFile.read(folder.resolve("workload.yaml"));
        Scenario scenario = Scenario.of(
                ClusterFile.read(folder.resolve("cluster.yaml")),
                workload,
                ProfileFile.read(folder.resolve("profile.json")));
        server = RunningServer.start(
                scenario,
                workload,
                PlanFile.read(folder.resolve("plan.json")),
                SETTINGS,
                new FrontEndSettings("127.0.0.1", 0, 64 << 20, "test"),
                repository,
                true,
                SchedulerLog.NONE,
                Progress.NONE);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    int port() {
        return server.port();
    }

    GRPCInferenceServiceBlockingStub grpc() {
        return GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body) throws Exception {
        return http.send(request(path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    @Override
    public void close() {
        channel.shutdownNow();
        http.close();
        server.drainAndClose(10_000);
    }
}
