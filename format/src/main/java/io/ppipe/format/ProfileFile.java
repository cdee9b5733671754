package io.ppipe.format;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cut;
import io.ppipe.model.ElementType;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import io.ppipe.model.Provenance;
import io.ppipe.model.TensorSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code profile.json}: block latencies and boundary sizes. See {@code docs/formats.md}. */
public final class ProfileFile {
    static final String FORMAT = "profile";
    static final int VERSION = 1;
    static final List<String> KEYS = List.of("format", "version", "models");
    static final List<String> MODEL_KEYS =
            List.of("model", "model_sha256", "boundary", "note", "inputs", "outputs", "blocks", "cuts", "latencies");
    static final List<String> TENSOR_KEYS = List.of("name", "type", "shape");
    static final List<String> BLOCK_KEYS = List.of("first_layer", "last_layer", "layers", "weight_bytes");
    static final List<String> CUT_KEYS = List.of("bytes_per_request", "tensors");
    static final List<String> TABLE_KEYS =
            List.of("gpu_class", "shares_per_gpu", "provenance", "batch_sizes", "block_latency_us");
    static final List<String> PROVENANCE_KEYS = List.of("kind", "device", "runtime", "date");

    private ProfileFile() {}

    /** @throws io.ppipe.model.BadInputException with file, line and value when it is not right */
    public static Profile read(Path file) {
        Section root = Section.ofFile(file, FORMAT, VERSION, KEYS);
        List<ModelProfile> models = root.sections("models", "a model profile", MODEL_KEYS, ProfileFile::model);
        return root.make(() -> new Profile(models));
    }

    private static ModelProfile model(Section section) {
        return section.make(() -> new ModelProfile(
                section.text("model"),
                section.text("model_sha256"),
                section.constant("boundary", BoundaryType.class),
                section.sections("inputs", "a tensor", TENSOR_KEYS, ProfileFile::tensor),
                section.sections("outputs", "a tensor", TENSOR_KEYS, ProfileFile::tensor),
                section.sections("blocks", "a block", BLOCK_KEYS, ProfileFile::block),
                section.sections("cuts", "a cut", CUT_KEYS, ProfileFile::cut),
                section.sections("latencies", "a latency table", TABLE_KEYS, ProfileFile::table),
                section.or("note", "", section::text)));
    }

    private static TensorSpec tensor(Section section) {
        return section.make(() -> new TensorSpec(
                section.text("name"), section.constant("type", ElementType.class), section.integers("shape")));
    }

    private static Block block(Section section) {
        return section.make(() -> new Block(
                section.text("first_layer"),
                section.text("last_layer"),
                section.count("layers"),
                section.integer("weight_bytes")));
    }

    private static Cut cut(Section section) {
        return section.make(() -> new Cut(
                section.sections("tensors", "a tensor", TENSOR_KEYS, ProfileFile::tensor),
                section.integer("bytes_per_request")));
    }

    private static LatencyTable table(Section section) {
        Section from = section.section("provenance", "a provenance", PROVENANCE_KEYS);
        var provenance = new Provenance(
                from.constant("kind", Provenance.Kind.class),
                from.text("device"),
                from.text("runtime"),
                from.text("date"));
        return section.make(() -> new LatencyTable(
                section.text("gpu_class"),
                section.count("shares_per_gpu"),
                section.counts("batch_sizes"),
                section.rows("block_latency_us"),
                provenance));
    }

    /** Writes it as JSON, whole or not at all. */
    public static void write(Path file, Profile profile) {
        Map<String, Object> root = Writer.file(FORMAT, VERSION);
        root.put("models", profile.models().stream().map(ProfileFile::tree).toList());
        AtomicFile.write(file, Writer.json(root));
    }

    private static Map<String, Object> tree(ModelProfile model) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("model", model.model());
        tree.put("model_sha256", model.modelSha256());
        tree.put("boundary", lower(model.boundary()));
        tree.put("note", model.note());
        tree.put("inputs", model.inputs().stream().map(ProfileFile::tree).toList());
        tree.put("outputs", model.outputs().stream().map(ProfileFile::tree).toList());
        tree.put("blocks", model.blocks().stream().map(ProfileFile::tree).toList());
        tree.put("cuts", model.cuts().stream().map(ProfileFile::tree).toList());
        tree.put("latencies", model.latencies().stream().map(ProfileFile::tree).toList());
        return tree;
    }

    private static Map<String, Object> tree(TensorSpec tensor) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("name", tensor.name());
        tree.put("type", lower(tensor.type()));
        tree.put("shape", tensor.shape());
        return tree;
    }

    private static Map<String, Object> tree(Block block) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("first_layer", block.firstLayer());
        tree.put("last_layer", block.lastLayer());
        tree.put("layers", block.layers());
        tree.put("weight_bytes", block.weightBytes());
        return tree;
    }

    private static Map<String, Object> tree(Cut cut) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("bytes_per_request", cut.bytesPerRequest());
        tree.put("tensors", cut.tensors().stream().map(ProfileFile::tree).toList());
        return tree;
    }

    private static Map<String, Object> tree(LatencyTable table) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("gpu_class", table.gpuClass());
        tree.put("shares_per_gpu", table.sharesPerGpu());
        var provenance = new LinkedHashMap<String, Object>();
        provenance.put("kind", lower(table.provenance().kind()));
        provenance.put("device", table.provenance().device());
        provenance.put("runtime", table.provenance().runtime());
        provenance.put("date", table.provenance().date());
        tree.put("provenance", provenance);
        tree.put("batch_sizes", table.batchSizes());
        tree.put("block_latency_us", table.blockMicros());
        return tree;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
