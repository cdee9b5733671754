package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code ppipe bench}: starts the module {@code bench} in a process of its own, as nothing depends on that module. Its jar
 * stands in the folder {@code bench} beside the folder of all other jars.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        header = "Measure ppipe itself, on measured or published figures.",
        description = {
            "%nBenchmarks, each with its own --help:",
            "  plan           plans of all instances of a folder, beside the published ones",
            "  scale          time and gap of the planner by classes, models and GPUs",
            "  prepartition   where the models of a folder are cut, beside the published cuts",
            "  evaluate       what published and tuned plans attain when they are simulated",
            "  study          when pipelines pay, and what noise and margins cost",
            "  simulate       how fast the simulator is",
            "  inspect        time and memory of the analysis of a large model",
            "  zoo            layers and boundary bytes of the zoo's models, beside published ones",
            "  roundtrip      do the zoo's models give the same bits in stages as whole?",
            "  serve          a live server beside its simulation, and at ten times the load%n"
        })
final class BenchCommand implements Callable<Integer> {
    private static final String MAIN = "io.ppipe.bench.Main";

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "The benchmark, then what it takes.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !sharesClasses(option))
                .forEach(command::add);
        command.add(MAIN);
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).inheritIO();
        // Not as an argument: ONNX Runtime 1.29 ends with a segmentation fault in a process whose command line is that
        // long.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path") + File.pathSeparator + jar());
        Process child = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endWith(child), "bench"));
        return child.waitFor();
    }

    /** The archive of class data fits this class path only; the other process would replace it by one of its own. */
    private static boolean sharesClasses(String option) {
        return option.startsWith("-XX:SharedArchiveFile") || option.equals("-XX:+AutoCreateSharedArchive");
    }

    /** Passes SIGTERM and SIGINT on; a process that has ended takes no notice. */
    private static void endWith(Process child) {
        child.destroy();
        try {
            child.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path jar() {
        return ownJar().map(jar -> jar.resolveSibling("../bench").normalize())
                .flatMap(BenchCommand::jarIn)
                .orElseThrow(() -> new BadInputException(
                        "The benchmarks are not here: this ppipe was built without the module bench. Build it"
                                + " with `mvn -Dquick -DskipTests package`."));
    }

    private static Optional<Path> ownJar() {
        try {
            Path code = Path.of(BenchCommand.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Optional.of(code).filter(Files::isRegularFile);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Path> jarIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "ppipe-bench-*.jar")) {
            for (Path jar : jars) {
                return Optional.of(jar);
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
