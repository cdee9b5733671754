package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ppipe.zoo.SampleModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the curl sessions of docs/serving.md against a server of the sample CNN. */
@Timeout(120)
class ServingPageIT {
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final String EXPECTED = "# → ";

    /** Much longer than the model takes, so that a busy machine misses no deadline. */
    private static final double SLO_MILLIS = 1000;

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void everySessionGivesWhatThePageSays() throws Exception {
        assumeTrue(runs("curl", "--version"), "curl is not on this machine.");
        assumeTrue(Files.isWritable(Path.of("/dev/shm")), "This machine shows no shared memory as files in /dev/shm.");
        SampleModel.write(folder.resolve("sample.onnx"), 1);
        SampleFolder.make(folder, "sample", "sample.onnx", SLO_MILLIS);
        for (int version = 1; version <= 2; version++) {
            Path home = Files.createDirectories(folder.resolve("models/sample/" + version));
            SampleModel.write(home.resolve("model.onnx"), version);
        }

        try (var server = new SampleServer(folder, Optional.of(folder.resolve("models")))) {
            List<String> sessions = sessions();
            assertThat(sessions).hasSizeGreaterThan(4);
            for (String session : sessions) {
                String output = run(session.replace("localhost:8000", "127.0.0.1:" + server.port()));
                session.lines()
                        .filter(line -> line.startsWith(EXPECTED))
                        .forEach(line -> assertThat(output).as(session).contains(line.substring(EXPECTED.length())));
            }
        }
    }

    private static List<String> sessions() throws IOException {
        Path root = Path.of(System.getProperty("ppipe.root", ".."));
        String page = Files.readString(root.resolve("docs/serving.md"));
        Matcher block = BLOCK.matcher(page.substring(page.indexOf("### With curl"), page.indexOf("## Deadlines")));
        var sessions = new ArrayList<String>();
        while (block.find()) {
            sessions.add(block.group(1));
        }
        return sessions;
    }

    private String run(String session) throws Exception {
        Path log = Files.createTempFile(folder, "session", ".log");
        Process process = new ProcessBuilder("bash", "-e", "-c", session)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(session).isTrue();
        String output = Files.readString(log, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as("%s%n%s", session, output).isZero();
        return output;
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
