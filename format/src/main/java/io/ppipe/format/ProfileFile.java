package io.ppipe.format;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cut;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import java.nio.file.Path;

/**
 * Reads and writes {@code profile.json}: how long every block of every model takes on every GPU class. See {@code
 * docs/formats.md} and {@code schemas/profile.v1.schema.json}.
 */
public final class ProfileFile {
    static final Shape FILE = Header.PROFILE.shape("models");
    static final Shape MODEL = Shape.of(
            "a model profile",
            "model",
            "model_sha256",
            "boundary",
            "note",
            "inputs",
            "outputs",
            "blocks",
            "cuts",
            "latencies");
    static final Shape BLOCK =
            Shape.of("a block", "first_layer", "last_layer", "layers", "weight_bytes", "activation_bytes");
    static final Shape CUT = Shape.of("a cut", "bytes_per_request", "tensors");

    /** Most classes × shares of a model: every table is compared with every other. */
    static final int MAX_TABLES = 1_000;

    private ProfileFile() {}

    /**
     * Reads a profile.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be read or says something that is wrong
     */
    public static Profile read(Path file) {
        Node root = NodeReader.json(file, NodeReader.MAX_GENERATED_BYTES);
        Fields fields = Header.PROFILE.open(file.toString(), root, FILE);
        return fields.build(() -> new Profile(fields.objects("models", MODEL, ProfileFile::model)));
    }

    private static ModelProfile model(Fields fields) {
        if (fields.list("latencies", node -> node).size() > MAX_TABLES) {
            throw fields.problem("latencies", "more than %d latency tables for one model".formatted(MAX_TABLES));
        }
        return fields.build(() -> new ModelProfile(
                ModelName.read(fields, "model"),
                fields.optionalText("model_sha256").orElse(""),
                fields.has("boundary") ? fields.choice("boundary", Words.BOUNDARIES) : BoundaryType.UNCHANGED,
                fields.objects("inputs", TensorFields.SHAPE, TensorFields::read),
                fields.objects("outputs", TensorFields.SHAPE, TensorFields::read),
                fields.objects("blocks", BLOCK, ProfileFile::block),
                fields.objects("cuts", CUT, ProfileFile::cut),
                fields.objects("latencies", LatencyFields.SHAPE, LatencyFields::read),
                fields.optionalText("note").orElse("")));
    }

    private static Block block(Fields fields) {
        return fields.build(() -> new Block(
                fields.text("first_layer"),
                fields.text("last_layer"),
                fields.whole("layers"),
                fields.wholeLong("weight_bytes"),
                fields.has("activation_bytes") ? fields.wholeLong("activation_bytes") : 0));
    }

    private static Cut cut(Fields fields) {
        return fields.build(() -> new Cut(
                fields.objects("tensors", TensorFields.SHAPE, TensorFields::read),
                fields.wholeLong("bytes_per_request")));
    }

    /**
     * Writes a profile, whole or not at all; what was there before is replaced.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be written
     */
    public static void write(Profile profile, Path file) {
        OutputText.json(
                Header.PROFILE
                        .begin()
                        .objects("models", profile.models(), ProfileFile::node)
                        .build(),
                file);
    }

    private static NodeBuilder node(ModelProfile model) {
        return new NodeBuilder()
                .text("model", model.model())
                .text("model_sha256", model.modelSha256())
                .text("boundary", Words.of(Words.BOUNDARIES, model.boundary()))
                .text("note", model.note())
                .objects("inputs", model.inputs(), TensorFields::node)
                .objects("outputs", model.outputs(), TensorFields::node)
                .objects("blocks", model.blocks(), ProfileFile::node)
                .objects("cuts", model.cuts(), ProfileFile::node)
                .objects("latencies", model.latencies(), LatencyFields::node);
    }

    private static NodeBuilder node(Block block) {
        return new NodeBuilder()
                .text("first_layer", block.firstLayer())
                .text("last_layer", block.lastLayer())
                .whole("layers", block.layers())
                .whole("weight_bytes", block.weightBytes())
                .whole("activation_bytes", block.activationBytes());
    }

    private static NodeBuilder node(Cut cut) {
        return new NodeBuilder()
                .whole("bytes_per_request", cut.bytesPerRequest())
                .objects("tensors", cut.tensors(), TensorFields::node);
    }
}
