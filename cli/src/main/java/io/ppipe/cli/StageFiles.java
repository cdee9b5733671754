package io.ppipe.cli;

import io.ppipe.execute.Partition;
import io.ppipe.execute.TemporaryFolder;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Scenario;
import io.ppipe.model.Workload;
import io.ppipe.profile.CutModel;
import io.ppipe.profile.ModelGraph;
import io.ppipe.profile.PartitionWriter;
import io.ppipe.serve.Partitions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the stages of a plan as ONNX files into a temporary folder, each once, and deletes them in the end. */
final class StageFiles implements Partitions, AutoCloseable {
    private final Scenario scenario;
    private final List<CutModel> models = new ArrayList<>();
    private final Map<String, Partition> written = new HashMap<>();
    private final TemporaryFolder folder;

    /**
     * Reads the workload's ONNX files.
     *
     * @throws BadInputException when a model has no ONNX file, or another one than was profiled
     */
    StageFiles(Scenario scenario, Workload workload) {
        this.scenario = scenario;
        for (int i = 0; i < workload.models().size(); i++) {
            ModelDemand model = workload.models().get(i);
            ModelProfile profile = scenario.models().get(i).profile();
            Path onnx = model.onnx()
                    .orElseThrow(() -> new BadInputException(
                            "Model %s has no ONNX file in the workload; it can be planned and simulated, but not served. Add `onnx: FILE`."
                                    .formatted(model.name())));
            ModelGraph graph = ModelGraph.read(onnx);
            if (!graph.sha256().equals(profile.modelSha256())) {
                throw new BadInputException(
                        "%s: the file has changed since model %s was profiled (sha256 %.12s…, profiled %.12s…). Run `ppipe profile` and `ppipe plan` again."
                                .formatted(onnx, model.name(), graph.sha256(), profile.modelSha256()));
            }
            models.add(CutModel.of(graph, profile));
        }
        this.folder = TemporaryFolder.create("stages");
    }

    @Override
    public Partition of(int model, int firstBlock, int endBlock) {
        return written.computeIfAbsent(
                "%d-%d-%d".formatted(model, firstBlock, endBlock),
                key -> PartitionWriter.write(
                        models.get(model),
                        firstBlock,
                        endBlock,
                        scenario.models().get(model).name(),
                        folder.path()));
    }

    @Override
    public void close() {
        folder.close();
    }
}
