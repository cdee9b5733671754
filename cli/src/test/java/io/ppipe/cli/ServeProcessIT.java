package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.load.AnswerListener;
import io.ppipe.load.LoadGenerator;
import io.ppipe.load.LoadReport;
import io.ppipe.load.LoadSettings;
import io.ppipe.model.Progress;
import io.ppipe.zoo.SampleModel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signals under load: nothing accepted is lost, and every request that was sent has one end. */
class ServeProcessIT {
    private static final double RATE = 60;
    private static final double SECONDS = 4;

    @TempDir
    private static Path folder = Path.of(".");

    @BeforeAll
    static void planTheSample() throws Exception {
        SampleFolder.make(folder);
    }

    private static CompletableFuture<LoadReport> load(int port, AnswerListener listener) {
        LoadSettings settings = SampleFolder.load(port, RATE, SECONDS);
        return CompletableFuture.supplyAsync(() -> LoadGenerator.run(settings, listener, Progress.NONE));
    }

    private static void await(AtomicLong counter, long least) throws InterruptedException {
        for (int i = 0; counter.get() < least && i < 1000; i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(counter.get()).isGreaterThanOrEqualTo(least);
    }

    private static long rejected(LoadReport report) {
        return report.rejections().values().stream().mapToLong(Long::longValue).sum();
    }

    private static long failed(LoadReport report) {
        return report.failures().values().stream().mapToLong(Long::longValue).sum();
    }

    private static long answered(LoadReport report) {
        return report.summary().inTime() + report.summary().late();
    }

    @Test
    void sigtermAnswersEverythingThatWasAccepted() throws Exception {
        try (var server = new ServerProcess(folder)) {
            var answers = new AtomicLong();
            CompletableFuture<LoadReport> load = load(server.port(), (i, outputs) -> answers.incrementAndGet());
            await(answers, 30);

            server.terminate();

            LoadReport report = load.get(60, TimeUnit.SECONDS);
            assertThat(server.exitCode()).as("%s", server.output()).isZero();
            assertThat(server.output()).anyMatch(line -> line.contains("every accepted request was answered"));
            // What came after the port had closed could not be sent; nothing that the server took got lost.
            assertThat(answered(report)).isEqualTo(answers.get()).isGreaterThanOrEqualTo(30);
            assertThat(failed(report))
                    .as("%s %s", report.failures(), report.messages())
                    .isZero();
            assertThat(report.summary().arrived())
                    .isEqualTo(answered(report)
                            + rejected(report)
                            + report.summary().expired()
                            + report.disconnected());
            assertThat(rejected(report) + report.disconnected()).isPositive();
        }
    }

    @Test
    void sigkillIsSeenAsABrokenConnectionAndARestartServesAgain() throws Exception {
        LoadReport report;
        try (var server = new ServerProcess(folder)) {
            var answers = new AtomicLong();
            CompletableFuture<LoadReport> load = load(server.port(), (i, outputs) -> answers.incrementAndGet());
            await(answers, 30);

            server.kill();

            report = load.get(60, TimeUnit.SECONDS);
            assertThat(answered(report)).isEqualTo(answers.get()); // nothing was answered twice
        }
        assertThat(report.disconnected()).isPositive();
        assertThat(report.summary().arrived())
                .isEqualTo(answered(report)
                        + rejected(report)
                        + report.summary().expired()
                        + failed(report)
                        + report.disconnected());

        try (var again = new ServerProcess(folder)) {
            LoadReport afterwards = load(again.port(), AnswerListener.NONE).get(60, TimeUnit.SECONDS);
            assertThat(answered(afterwards)).isPositive();
            assertThat(afterwards.disconnected()).isZero();
        }
    }

    @Test
    void servesTheVersionThatTheModelRepositoryHas(@TempDir Path repository) throws Exception {
        Path home = Files.createDirectories(repository.resolve("sample/3"));
        SampleModel.write(home.resolve("model.onnx"), 3);
        try (var server = new ServerProcess(folder, "--model-repository", repository.toString(), "--shared-memory");
                var client = HttpClient.newHttpClient()) {
            URI base = URI.create("http://127.0.0.1:" + server.port());

            assertThat(get(client, base.resolve("/v2/models/sample"))).contains("\"versions\":[\"3\"]");
            assertThat(get(client, base.resolve("/v2"))).contains("model_repository", "system_shared_memory");
            assertThat(server.output())
                    .anyMatch(line ->
                            line.contains("model_repository=" + repository) && line.contains("shared_memory=true"));
        }
    }

    private static String get(HttpClient client, URI uri) throws Exception {
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void aModelRepositoryThatIsNotThereIsSaidInOneLine() {
        MainTest.Ended ended = MainTest.run(
                "serve", "-d", folder.toString(), "--port", "0", "--model-repository", folder + "/nothing");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err().strip().lines().filter(l -> l.startsWith("ppipe: ")))
                .singleElement()
                .asString()
                .contains("--model-repository", "there is no such folder");
    }

    @Test
    void aPortInUseIsSaidInOneLine() throws Exception {
        try (var server = new ServerProcess(folder)) {
            MainTest.Ended ended =
                    MainTest.run("serve", "-d", folder.toString(), "--port", Integer.toString(server.port()));

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.err().strip().lines().filter(l -> l.startsWith("ppipe: ")))
                    .singleElement()
                    .asString()
                    .contains(Integer.toString(server.port()), "in use", "choose another");
        }
    }
}
