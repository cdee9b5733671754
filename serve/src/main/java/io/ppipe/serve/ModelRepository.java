package io.ppipe.serve;

import io.ppipe.model.BadInputException;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import io.ppipe.serve.InferenceService.ServedModel;
import io.ppipe.serve.InferenceService.Status;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The models on disk, and which of them a server serves. Only planned models can be loaded: of each, one version at a time.
 * Safe for use by any thread; loading takes seconds, and one load waits for the other.
 */
public final class ModelRepository {
    private static final System.Logger LOG = System.getLogger(ModelRepository.class.getName());

    private final RepositoryFolder folder;
    private final PipelineServer server;
    private final VersionCutter cutter;

    /** Why versions aren't ready that somebody tried to load. */
    private final Map<Key, String> failures = new ConcurrentHashMap<>();

    /** What is being loaded. */
    private final Map<Key, Boolean> loading = new ConcurrentHashMap<>();

    private record Key(String model, String version) {}

    /** Whether a version takes requests. */
    public enum State {
        READY,
        LOADING,
        UNAVAILABLE
    }

    /**
     * One version of one model.
     *
     * @param version "" where the model has none
     * @param reason why it isn't ready; "" when it is
     */
    public record Entry(String model, String version, State state, String reason) {}

    /** @throws BadInputException when there is no such folder */
    public ModelRepository(Path root, PipelineServer server, VersionCutter cutter) {
        this.folder = new RepositoryFolder(root);
        this.server = server;
        this.cutter = cutter;
    }

    /**
     * Loads every planned model that the repository has; the others stay as the server has them.
     *
     * @throws BadInputException when one can't be loaded
     */
    public void loadPlanned() {
        for (String model : folder.models()) {
            if (server.planned(model).isPresent()) {
                load(model).ifPresent(refusal -> {
                    throw new BadInputException("Model repository: " + refusal.message());
                });
            }
        }
    }

    /** Returns every version in the repository, and every served model that isn't in it, by name and version. */
    public List<Entry> index() {
        List<ServedModel> served = server.models();
        var names = new TreeSet<>(folder.models());
        served.forEach(model -> names.add(model.name()));
        var entries = new ArrayList<Entry>();
        for (String name : names) {
            Optional<String> ready = served.stream()
                    .filter(model -> model.name().equals(name))
                    .map(ServedModel::version)
                    .findFirst();
            entries.addAll(entries(name, ready));
        }
        return entries;
    }

    private List<Entry> entries(String name, Optional<String> ready) {
        List<String> versions;
        try {
            versions = folder.versions(name);
        } catch (BadInputException e) {
            return List.of(new Entry(name, "", State.UNAVAILABLE, String.valueOf(e.getMessage())));
        }
        var entries = new ArrayList<Entry>();
        if (ready.isPresent() && !versions.contains(ready.get())) { // from the workload, or its folder is gone
            entries.add(new Entry(name, ready.get(), State.READY, ""));
        }
        for (String version : versions) {
            var key = new Key(name, version);
            if (ready.isPresent() && ready.get().equals(version)) {
                entries.add(new Entry(name, version, State.READY, ""));
            } else if (loading.containsKey(key)) {
                entries.add(new Entry(name, version, State.LOADING, "being loaded"));
            } else {
                entries.add(new Entry(name, version, State.UNAVAILABLE, reason(key, ready)));
            }
        }
        if (entries.isEmpty()) {
            entries.add(new Entry(name, "", State.UNAVAILABLE, "no version folder"));
        }
        return entries;
    }

    private String reason(Key key, Optional<String> ready) {
        if (server.planned(key.model()).isEmpty()) {
            return "not planned";
        }
        String failure = failures.get(key);
        if (failure != null) {
            return failure;
        }
        return ready.map(version -> "version %s is served".formatted(version)).orElse("unloaded");
    }

    /**
     * Loads the version that the model's configuration picks and switches to it; returns when new batches run on it, or with
     * what stands against it: then the model is as it was.
     */
    public Optional<Refusal> load(String model) {
        try {
            Optional<String> version = folder.wanted(model);
            if (version.isEmpty()) {
                return Optional.of(refusal(
                        Status.UNKNOWN_MODEL, "The model repository has no model '%s'.".formatted(shown(model))));
            }
            OptionalInt planned = server.planned(model);
            return planned.isEmpty()
                    ? Optional.of(notPlanned(model))
                    : load(planned.getAsInt(), new Key(model, version.get()));
        } catch (BadInputException e) {
            return Optional.of(refusal(Status.INVALID, String.valueOf(e.getMessage())));
        }
    }

    private synchronized Optional<Refusal> load(int index, Key key) {
        loading.put(key, true);
        try (VersionCutter.Stages stages = cutter.cut(index, folder.onnx(key.model(), key.version()))) {
            server.load(key.model(), key.version(), stages);
            failures.remove(key);
            LOG.log(Level.INFO, "model={0} version={1} loaded", key.model(), key.version());
            return Optional.empty();
        } catch (BadInputException e) {
            String message = folder.relative(String.valueOf(e.getMessage()));
            failures.put(key, message);
            return Optional.of(refusal(Status.INVALID, message));
        } finally {
            loading.remove(key);
        }
    }

    /** Takes no more requests for a model; accepted ones are answered. Returns what stands against it, or nothing. */
    public Optional<Refusal> unload(String model) {
        if (server.planned(model).isEmpty()) {
            return Optional.of(refusal(
                    Status.UNKNOWN_MODEL,
                    "Model '%s' is not served, so it can't be unloaded.".formatted(shown(model))));
        }
        if (folder.versions(model).isEmpty()) {
            return Optional.of(refusal(
                    Status.INVALID,
                    "Model '%s' is served from the workload's file, and could not be loaded again. Put it into the model repository first."
                            .formatted(shown(model))));
        }
        server.unload(model);
        LOG.log(Level.INFO, "model={0} unloaded", model);
        return Optional.empty();
    }

    /** Returns why a model that isn't served isn't, where the repository or the plan knows it. */
    public Optional<Refusal> unavailable(String model) {
        if (server.planned(model).isPresent()) {
            return Optional.of(refusal(
                    Status.UNKNOWN_MODEL,
                    "Model '%s' was unloaded. Load it by POST /v2/repository/models/%s/load or RepositoryModelLoad."
                            .formatted(model, model)));
        }
        return folder.models().contains(model) ? Optional.of(notPlanned(model)) : Optional.empty();
    }

    private static Refusal notPlanned(String model) {
        return refusal(
                Status.NOT_PLANNED,
                ("Model '%s' is in the model repository but not in the plan. Add it to the workload, run `ppipe"
                                + " profile` and `ppipe plan`, and start the server with the new plan.")
                        .formatted(shown(model)));
    }

    private static Refusal refusal(Status status, String message) {
        return new Refusal(status, message, Optional.empty());
    }

    /** A client's word in a message: one line, of bounded length. */
    private static String shown(String word) {
        String line = word.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 100 ? line : line.substring(0, 100) + "…";
    }
}
