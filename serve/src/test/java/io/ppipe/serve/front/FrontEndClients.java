package io.ppipe.serve.front;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc.GRPCInferenceServiceStub;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Clients of a front end on a port of loopback: REST, and the stubs generated from the protocol. */
final class FrontEndClients implements AutoCloseable {
    private final URI base;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ManagedChannel channel;

    FrontEndClients(int port) {
        base = URI.create("http://127.0.0.1:" + port);
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(base.resolve(path)).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(base.resolve(path))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    GRPCInferenceServiceBlockingStub grpc() {
        return GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    GRPCInferenceServiceStub grpcAsync() {
        return GRPCInferenceServiceGrpc.newStub(channel);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        http.close();
    }
}
