package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged models are refused or served, in a process of their own: none of them crashes it, hangs it or makes it write
 * outside its folder. {@code -Dppipe.mutants=N} tries more, {@code -Dppipe.seed=N} others.
 */
class MutantsTest {
    private static final long SEED = Long.getLong("ppipe.seed", System.nanoTime() >>> 1);
    private static final int COUNT = Integer.getInteger("ppipe.mutants", 1_000);
    private static final int SECONDS = 60 + COUNT / 20;

    @TempDir
    private Path directory;

    @Test
    void areRefusedOrServed() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("outer/inner/models"));
        Path log = directory.resolve("log.txt");
        var builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        MutantsRun.class.getName(),
                        folder.toString(),
                        Long.toString(SEED),
                        Integer.toString(COUNT)))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();

        List<String> lines =
                Files.readString(log, StandardCharsets.UTF_8).lines().toList();
        List<String> end = lines.subList(Math.max(0, lines.size() - 30), lines.size());
        assertThat(ended).as("ends within %d s: %s", SECONDS, end).isTrue();
        assertThat(process.exitValue()).as("%s", end).isZero();
        String[] counts = lines.getLast().split(" ");
        System.out.printf("%d mutants: %s refused, %s served (seed %d)%n", COUNT, counts[1], counts[2], SEED);
        assertThat(counts[0]).isEqualTo("done");
        assertThat(Integer.parseInt(counts[2])).as("served").isPositive();
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile).map(Path::getFileName).map(Path::toString))
                    .as("nothing was written elsewhere, nothing was left behind")
                    .containsExactlyInAnyOrder("log.txt", "mutant.onnx");
        }
    }
}
