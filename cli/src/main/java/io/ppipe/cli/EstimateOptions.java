package io.ppipe.cli;

import io.ppipe.format.ProfileFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import io.ppipe.model.Provenance;
import io.ppipe.model.Workload;
import io.ppipe.profile.estimate.Coefficients;
import io.ppipe.profile.estimate.Estimator;
import io.ppipe.profile.estimate.Estimator.Target;
import io.ppipe.profile.estimate.GpuCatalogue;
import io.ppipe.profile.estimate.GpuSheet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ppipe profile --estimate}: latencies on GPUs that aren't there. */
final class EstimateOptions {
    /** What says how to measure. */
    private static final List<String> OF_MEASURING =
            List.of("--device", "--class", "--merge", "--every-run", "--precision", "--seconds", "--optimisation");

    @Option(
            names = "--estimate",
            paramLabel = "GPU",
            split = ",",
            description = {
                "Don't measure: compute latencies on these GPUs from their data sheets and the models' operations,",
                "with an error band. One of P4, V100, T4, L4 (fitted), A10, A30, A100, L40S, H100, H200 (not measured:",
                "a wide band), or several. Classes of a cluster have them if they are called so."
            })
    private List<String> gpus = new ArrayList<>();

    @Option(
            names = "--shares",
            paramLabel = "M",
            split = ",",
            description = "With --estimate: estimate 1/M of each GPU; what the cluster says of it, else 1, by default.")
    private @Nullable List<Integer> shares;

    @Parameters(
            arity = "0..*",
            paramLabel = "MODEL",
            description = "With --estimate: ONNX files, in place of the workload's models.")
    private List<Path> models = new ArrayList<>();

    boolean wanted() {
        return !gpus.isEmpty();
    }

    /**
     * Refuses options that don't fit.
     *
     * @param given tells whether an option was written
     */
    void check(Predicate<String> given) {
        if (!wanted() && (!models.isEmpty() || shares != null)) {
            throw new BadInputException(
                    "%s belongs to --estimate. What is measured stands in the workload, and shares in the cluster."
                            .formatted(models.isEmpty() ? "--shares" : "MODEL (" + models.getFirst() + ")"));
        }
        if (wanted()) {
            OF_MEASURING.stream().filter(given).findFirst().ifPresent(option -> {
                throw new BadInputException(
                        "--estimate runs nothing, so %s says nothing to it. Leave one of them out.".formatted(option));
            });
        }
        if (shares != null && shares.stream().anyMatch(m -> m < 1)) {
            throw new BadInputException("--shares %s: each must be at least 1.".formatted(shares));
        }
    }

    /**
     * Returns the file to write.
     *
     * @param given what {@code --output} says
     * @throws BadInputException when measured latencies stand there
     */
    Path target(@Nullable Path given, ScenarioFiles files) {
        Path target = given != null
                ? given
                : models.isEmpty()
                        ? files.profilePath(files.workload())
                        : files.folder().resolve("profile.json").normalize();
        boolean measured = Files.exists(target)
                && ProfileFile.read(target).models().stream()
                        .flatMap(model -> model.latencies().stream())
                        .anyMatch(table -> table.provenance().kind() != Provenance.Kind.ESTIMATED);
        if (measured) {
            throw new BadInputException(
                    "%s: holds latencies that are not estimated, which --estimate would replace. Name another file by -o."
                            .formatted(target));
        }
        return target;
    }

    /** Returns the estimated profile. */
    Profile profile(ScenarioFiles files, List<Integer> batchSizes, int blocks) {
        Optional<Cluster> cluster = models.isEmpty() ? Optional.of(files.cluster()) : Optional.empty();
        var wanted = new Estimator.Wanted(
                gpus.stream()
                        .map(GpuCatalogue::sheet)
                        .map(gpu -> target(gpu, cluster))
                        .toList(),
                batchSizes,
                blocks);
        var estimator = new Estimator(Coefficients.standard());
        var profiles = new ArrayList<ModelProfile>();
        if (models.isEmpty()) {
            Workload workload = files.workload();
            for (ModelDemand model : workload.models()) {
                Path onnx = model.onnx()
                        .orElseThrow(() -> new BadInputException(
                                "Model %s has no ONNX file in the workload, so there is nothing to estimate. Add `onnx: FILE`."
                                        .formatted(model.name())));
                profiles.add(estimator.profile(model.name(), onnx, model.boundary(), wanted));
            }
        } else {
            var names = new HashSet<String>();
            for (Path onnx : models) {
                String name = onnx.getFileName().toString().replaceFirst("\\.onnx$", "");
                if (!names.add(name)) {
                    throw new BadInputException(
                            "%s: another file is called %s too, and models are named by their files. Rename one."
                                    .formatted(onnx, name));
                }
                profiles.add(estimator.profile(name, onnx, BoundaryType.UNCHANGED, wanted));
            }
        }
        return new Profile(profiles);
    }

    private Target target(GpuSheet gpu, Optional<Cluster> cluster) {
        Supplier<List<Integer>> ofCluster = () -> cluster.flatMap(c -> c.gpuClass(gpu.name()))
                .map(GpuClass::shares)
                .orElse(List.of(1));
        return new Target(gpu, shares != null ? shares : ofCluster.get());
    }
}
