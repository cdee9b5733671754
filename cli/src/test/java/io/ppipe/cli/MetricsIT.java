package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.ppipe.load.AnswerListener;
import io.ppipe.load.LoadGenerator;
import io.ppipe.load.LoadReport;
import io.ppipe.load.LoadSettings;
import io.ppipe.model.Progress;
import io.ppipe.model.Summary;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc;
import io.ppipe.protocol.v2.ModelInferRequest;
import io.ppipe.protocol.v2.ModelMetadataRequest;
import io.ppipe.protocol.v2.ModelMetadataResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a live server says of itself is what its clients saw. */
class MetricsIT {
    private static final Pattern NAME = Pattern.compile("`((?:ppipe|jvm|process)_[a-z_]*[a-z])`");

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int LEAVERS = 5;

    @TempDir
    private static Path folder = Path.of(".");

    @BeforeAll
    static void planTheSample() throws Exception {
        SampleFolder.make(folder);
    }

    private static String scrape(int port) throws Exception {
        return CLIENT.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    /** Returns the sum of all series of a name that have all these labels. */
    private static double sum(String text, String name, String... labels) {
        return text.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Arrays.stream(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static double requests(String text, String... labels) {
        return sum(text, "ppipe_requests_total", labels);
    }

    /** Sends requests and leaves before their answers. */
    private static void askAndLeave(int port) throws Exception {
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
        try {
            var stub = GRPCInferenceServiceGrpc.newFutureStub(channel);
            ModelMetadataResponse.TensorMetadata input = stub.modelMetadata(
                            ModelMetadataRequest.newBuilder().setName("sample").build())
                    .get()
                    .getInputs(0);
            List<Long> shape =
                    input.getShapeList().stream().map(n -> Math.max(1, n)).toList();
            int bytes = 4 * (int) shape.stream().mapToLong(n -> n).reduce(1, (a, b) -> a * b);
            var request = ModelInferRequest.newBuilder()
                    .setModelName("sample")
                    .addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                            .setName(input.getName())
                            .setDatatype(input.getDatatype())
                            .addAllShape(shape))
                    .addRawInputContents(ByteString.copyFrom(new byte[bytes]))
                    .build();
            for (int i = 0; i < LEAVERS; i++) {
                var answer = stub.modelInfer(request);
                while (requestsInFlight(port) == 0 && !answer.isDone()) {
                    Thread.onSpinWait();
                }
                answer.cancel(true);
            }
            while (requestsInFlight(port) > 0) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } finally {
            channel.shutdownNow();
        }
    }

    private static double requestsInFlight(int port) throws Exception {
        return sum(scrape(port), "ppipe_requests_in_flight");
    }

    private static LoadReport load(int port, double rate, OptionalLong timeoutMicros) {
        LoadSettings usual = SampleFolder.load(port, rate, 2);
        return LoadGenerator.run(
                new LoadSettings(
                        usual.target(),
                        usual.model(),
                        usual.arrivals(),
                        rate,
                        2,
                        usual.seed(),
                        timeoutMicros,
                        timeoutMicros.isPresent(),
                        10_000),
                AnswerListener.NONE,
                Progress.NONE);
    }

    @Test
    void countsWhatClientsSaw() throws Exception {
        Summary seen;
        LoadReport hopeless;
        String text;
        try (var server = new ServerProcess(folder)) {
            LoadReport usual = load(server.port(), 40, OptionalLong.empty());
            hopeless = load(server.port(), 20, OptionalLong.of(1));
            askAndLeave(server.port());
            seen = usual.summary().plus(hopeless.summary());
            text = scrape(server.port());
        }

        // Nobody saw how those who left ended: most are cancelled, some answered, one may be refused on a busy machine.
        double cancelled = requests(text, "outcome=\"cancelled\"");
        double answered = requests(text, "outcome=\"in_time\"") + requests(text, "outcome=\"late\"");
        double rejected = requests(text, "outcome=\"rejected\"");
        double expired = requests(text, "outcome=\"expired\"");
        assertThat(cancelled).isBetween(1.0, (double) LEAVERS);
        assertThat(answered - seen.inTime() - seen.late()).isBetween(0.0, (double) LEAVERS);
        assertThat(rejected - seen.rejected()).isBetween(0.0, (double) LEAVERS);
        assertThat(expired - seen.expired()).isBetween(0.0, (double) LEAVERS);
        assertThat(cancelled + answered + rejected + expired).isEqualTo(seen.arrived() + LEAVERS);
        assertThat(requests(text, "outcome=\"rejected\"", "cause=\"deadline_unreachable\""))
                .isGreaterThanOrEqualTo(hopeless.summary().arrived());
        assertThat(requests(text)).isEqualTo(seen.arrived() + LEAVERS);
        assertThat(sum(text, "ppipe_request_latency_seconds_count")).isEqualTo(answered);
        assertThat(sum(text, "ppipe_phase_batch_wait_seconds_count")).isEqualTo(answered);
        assertThat(phases(text)).isCloseTo(sum(text, "ppipe_request_latency_seconds_sum"), offset(1e-5 * answered));
        assertThat(sum(text, "ppipe_batches_total"))
                .isEqualTo(sum(text, "ppipe_batch_size_requests_count"))
                .isPositive();
        assertThat(sum(text, "ppipe_batch_size_requests_sum")).isGreaterThanOrEqualTo(answered);
        assertThat(sum(text, "ppipe_vgpu_busy_seconds_total"))
                .isCloseTo(sum(text, "ppipe_gpu_busy_seconds_total"), offset(1e-6))
                .isPositive();
        assertThat(text.lines().filter(line -> line.startsWith("ppipe_phase")))
                .isNotEmpty()
                .allMatch(line -> line.contains("emulated=\"true\""));
    }

    /** Returns the time that answered requests spent in all phases up to the end of their last stage. */
    private static double phases(String text) {
        return sum(text, "ppipe_phase_batch_wait_seconds_sum")
                + sum(text, "ppipe_phase_queue_seconds_sum")
                + sum(text, "ppipe_phase_transfer_seconds_sum")
                + sum(text, "ppipe_phase_compute_seconds_sum");
    }

    @Test
    void countsRefusalsByTheCauseThatClientsRead() throws Exception {
        LoadReport report;
        String text;
        try (var server = new ServerProcess(folder, "--max-in-flight", "2")) {
            report = load(server.port(), 60, OptionalLong.empty());
            text = scrape(server.port());
        }

        assertThat(report.rejections()).containsKey("overloaded");
        report.rejections()
                .forEach((cause, count) -> assertThat(requests(text, "outcome=\"rejected\"", "cause=\"" + cause + "\""))
                        .as(cause)
                        .isEqualTo(count.doubleValue()));
        assertThat(requests(text)).isEqualTo(report.summary().arrived());
        assertThat(sum(text, "ppipe_requests_in_flight_limit")).isEqualTo(2);
    }

    @Test
    void namesAreThoseOfTheDocumentation() throws Exception {
        var documented = new TreeSet<String>();
        Path docs = Path.of(System.getProperty("ppipe.root"), "docs", "serving.md");
        Files.readAllLines(docs).stream()
                .filter(line -> line.startsWith("| `"))
                .forEach(line ->
                        NAME.matcher(line.split("\\|")[1]).results().forEach(name -> documented.add(name.group(1))));
        var scraped = new TreeSet<String>();
        try (var server = new ServerProcess(folder)) {
            scrape(server.port())
                    .lines()
                    .filter(line -> line.startsWith("# TYPE "))
                    .map(line -> line.split(" ")[2])
                    .filter(name -> !name.startsWith("jvm_gc_") && !name.endsWith("_max"))
                    .forEach(scraped::add);
        }

        assertThat(scraped).isEqualTo(documented);
    }

    @Test
    void logsAreOneJsonObjectOnALineAndFewOfEachCause() throws Exception {
        LoadReport hopeless;
        List<String> lines;
        try (var server = new ServerProcess(folder, "--log-format", "json")) {
            hopeless = load(server.port(), 50, OptionalLong.of(1));
            TimeUnit.MILLISECONDS.sleep(2_500); // what was left out is told once a second
            server.terminate();
            assertThat(server.exitCode()).isZero();
            lines = server.output();
        }

        List<String> objects =
                lines.stream().filter(line -> !line.startsWith("  ")).toList(); // progress
        assertThat(objects).allMatch(line -> line.startsWith("{\"at\": \"") && line.endsWith("}"));
        assertThat(objects.getFirst()).contains("\"event\": \"ready\"", "\"models\": [\"sample\"]", "\"port\": ");
        assertThat(objects.getLast()).contains("\"event\": \"drained\"", "\"all_answered\": true");
        List<String> missed = objects.stream()
                .filter(line -> line.contains("\"event\": \"missed\""))
                .toList();
        assertThat(missed)
                .isNotEmpty()
                .allMatch(line -> line.contains("\"model\": \"sample\", \"outcome\": \"rejected\", \"cause\":"
                        + " \"deadline_unreachable\", \"after_us\": "));
        long leftOut = objects.stream()
                .filter(line -> line.contains("\"event\": \"left_out\""))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*\"count\": (\\d+)}", "$1")))
                .sum();
        assertThat(missed.size() + leftOut).isEqualTo(hopeless.summary().arrived());
        assertThat(leftOut).isPositive();
    }
}
