package io.ppipe.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** {@code ppipe serve} as a process of its own, for what only a process can show: signals and its end. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("^ready on http://127.0.0.1:(\\d+) |\"event\": \"ready\".*\"port\": (\\d+)}");

    private final Process process;
    private final List<String> output = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    ServerProcess(Path folder, String... options) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                Main.class.getName(),
                "serve",
                "-d",
                folder.toString(),
                "--port",
                "0"));
        command.addAll(Arrays.asList(options));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Not as -cp: ONNX Runtime 1.29 crashes in a process whose command line is longer than some kilobytes.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        process = builder.start();
        Thread.ofPlatform().daemon().start(this::read);
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.add(line);
                var ready = READY.matcher(line);
                if (ready.find()) {
                    port.complete(Integer.parseInt(ready.group(1) == null ? ready.group(2) : ready.group(1)));
                }
            }
        } catch (IOException e) {
            output.add(e.toString());
        }
        port.completeExceptionally(new IllegalStateException(
                "The server ended with %s: %s".formatted(process.onExit().join().exitValue(), output)));
    }

    int port() throws Exception {
        return port.get(60, TimeUnit.SECONDS);
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.toHandle().destroy(); // Process.destroy would also close the output that is still to be read
    }

    /** Sends SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The server does not end: " + output);
        }
        return process.exitValue();
    }

    List<String> output() {
        return List.copyOf(output);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
