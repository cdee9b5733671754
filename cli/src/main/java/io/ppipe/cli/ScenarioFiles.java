package io.ppipe.cli;

import io.ppipe.format.ClusterFile;
import io.ppipe.format.PlanFile;
import io.ppipe.format.ProfileFile;
import io.ppipe.format.WorkloadFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Cluster;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.Profile;
import io.ppipe.model.Scenario;
import io.ppipe.model.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The files that most commands read, all in one folder unless said otherwise. */
final class ScenarioFiles {
    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Folder of the files below; the current one by default.")
    private Path folder = Path.of(".");

    @Option(
            names = "--cluster",
            paramLabel = "FILE",
            description = "GPU classes and servers; DIR/cluster.yaml by default.")
    private @Nullable Path cluster;

    @Option(
            names = "--workload",
            paramLabel = "FILE",
            description = "Models, SLOs and demand; DIR/workload.yaml by default.")
    private @Nullable Path workload;

    @Option(
            names = "--profile",
            paramLabel = "FILE",
            description = "Measured or estimated latencies; what the workload names, else DIR/profile.json.")
    private @Nullable Path profile;

    @Option(
            names = "--pessimistic",
            description =
                    "Take estimated latencies at the upper end of their error band; measured ones stay. A plan made"
                            + " so is checked, simulated and served so, too.")
    private boolean pessimistic;

    private Path or(@Nullable Path given, String name) {
        return given != null ? given : folder.resolve(name).normalize();
    }

    Path folder() {
        return folder;
    }

    Cluster cluster() {
        return ClusterFile.read(clusterPath());
    }

    Path clusterPath() {
        return or(cluster, "cluster.yaml");
    }

    Workload workload() {
        return WorkloadFile.read(workloadPath());
    }

    Path workloadPath() {
        return or(workload, "workload.yaml");
    }

    Path profilePath(Workload of) {
        return profile != null
                ? profile
                : of.profile().orElse(folder.resolve("profile.json").normalize());
    }

    Profile profile(Workload of) {
        Path path = profilePath(of);
        if (!Files.exists(path)) {
            throw new BadInputException(
                    "%s: no such file. `ppipe profile` measures the workload's models and writes it.".formatted(path));
        }
        Profile read = ProfileFile.read(path);
        if (!pessimistic) {
            return read;
        }
        Profile upper = read.pessimistic();
        if (upper.equals(read)) {
            throw new BadInputException(
                    "%s: no latency in it is estimated, so --pessimistic has nothing to change. Leave it out."
                            .formatted(path));
        }
        return upper;
    }

    boolean pessimistic() {
        return pessimistic;
    }

    Scenario scenario(Workload of) {
        return scenario(cluster(), of);
    }

    Scenario scenario(Cluster on, Workload of) {
        try {
            return Scenario.of(on, of, profile(of));
        } catch (IllegalArgumentException e) {
            throw new BadInputException("%s: %s".formatted(profilePath(of), e.getMessage()), e);
        }
    }

    Path planPath(@Nullable Path given) {
        return or(given, "plan.json");
    }

    /** Reads a plan and rechecks it against the scenario: no plan is simulated or served unchecked. */
    Plan plan(@Nullable Path given, Scenario scenario) {
        Path path = planPath(given);
        Plan plan = PlanFile.read(path);
        List<String> violations = PlanCheck.of(scenario, plan).violations();
        if (!violations.isEmpty()) {
            String more = violations.size() > 1
                    ? " (and %d more; see `ppipe plan check`)".formatted(violations.size() - 1)
                    : "";
            throw new BadInputException("%s: the plan does not fit: %s%s".formatted(path, violations.getFirst(), more));
        }
        return plan;
    }
}
