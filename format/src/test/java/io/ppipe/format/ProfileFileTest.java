package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cut;
import io.ppipe.model.ElementType;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import io.ppipe.model.Provenance;
import io.ppipe.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileFileTest {
    private static final Provenance EMULATED =
            new Provenance(Provenance.Kind.EMULATED, "Xeon", "ONNX Runtime 1.29.0", "2026-11-24T10:00:00Z");

    private static final Profile PROFILE = new Profile(List.of(new ModelProfile(
            "resnet",
            "ab12",
            BoundaryType.UNCHANGED,
            List.of(new TensorSpec("x", ElementType.FP32, List.of(-1L, 3L, 224L, 224L))),
            List.of(new TensorSpec("y", ElementType.FP32, List.of(-1L, 1000L))),
            List.of(new Block("conv1", "relu1", 2, 9408, 4096), new Block("conv2", "fc", 60, 44_000_000, 0)),
            List.of(new Cut(List.of(new TensorSpec("r1", ElementType.FP32, List.of(-1L, 64L))), 256)),
            List.of(new LatencyTable(
                    "slow", 1, List.of(1, 2, 4), List.of(List.of(10L, 19L, 35L), List.of(20L, 38L, 70L)), EMULATED)),
            "")));

    @TempDir
    Path folder;

    @Test
    void writesOneRowPerBlockAndLabelsWhatIsEmulated() throws IOException {
        assertThat(Files.readString(written())).isEqualTo("""
            {
              "format": "profile",
              "version": 1,
              "models": [
                {
                  "model": "resnet",
                  "model_sha256": "ab12",
                  "boundary": "unchanged",
                  "note": "",
                  "inputs": [
                    {"name": "x", "type": "FP32", "shape": [-1, 3, 224, 224]}
                  ],
                  "outputs": [
                    {"name": "y", "type": "FP32", "shape": [-1, 1000]}
                  ],
                  "blocks": [
                    {"first_layer": "conv1", "last_layer": "relu1", "layers": 2, "weight_bytes": 9408, "activation_bytes": 4096},
                    {"first_layer": "conv2", "last_layer": "fc", "layers": 60, "weight_bytes": 44000000, "activation_bytes": 0}
                  ],
                  "cuts": [
                    {
                      "bytes_per_request": 256,
                      "tensors": [
                        {"name": "r1", "type": "FP32", "shape": [-1, 64]}
                      ]
                    }
                  ],
                  "latencies": [
                    {
                      "gpu_class": "slow",
                      "shares_per_gpu": 1,
                      "provenance": {"kind": "emulated", "device": "Xeon", "runtime": "ONNX Runtime 1.29.0", "date": "2026-11-24T10:00:00Z"},
                      "batch_sizes": [1, 2, 4],
                      "block_latencies_us": [
                        [10, 19, 35],
                        [20, 38, 70]
                      ]
                    }
                  ]
                }
              ]
            }
            """);
    }

    @Test
    void placesProblemsDeepInside() throws IOException {
        assertProblem(
                "[10, 19, 35]",
                "[10, 19.5, 35]",
                ":35: an item of a row of 'block_latencies_us' must be a whole number, found number '19.5'");
        assertProblem(
                "[10, 19, 35]", "[10, 19]", ":29: Latency table of slow, block 0: 2 latencies for 3 batch sizes.");
        assertProblem("[10, 19, 35]", "10", ":35: a row of 'block_latencies_us' must be a list, found number '10'");
        assertProblem("[10, 19, 35]", "[10, 0, 35]", ":29: Latency of block 0 on slow in us (0) must be at least 1.");
        assertProblem(
                "[-1, 64]",
                "[64, -1]",
                ":24: Tensor r1: dimension 1 (-1) must be at least 1; only dimension 0 may be -1 (any batch).");
        assertProblem(
                "[-1, 64]",
                "[99999999999999999999]",
                ":24: an item of 'shape' (99999999999999999999) must be at most 9223372036854775807");
        assertProblem(
                "\"FP32\", \"shape\": [-1, 64]",
                "\"FP23\", \"shape\": [-1, 64]",
                ":24: key 'type' ('FP23') must be one of: BOOL, UINT8,");
        assertProblem(
                "\"kind\": \"emulated\"",
                "\"kind\": \"guessed\"",
                ":32: key 'kind' ('guessed') must be one of: measured, emulated, imported");
        assertProblem("\"resnet\"", "\"a/b\"", ":6: model name 'a/b' must be 1 to 100 of");
        assertProblem(
                "\"latencies\"",
                "\"latencie\"",
                ":28: key 'latencie' is not known in a model profile; maybe you meant 'latencies' (allowed: ");
    }

    @Test
    void refusesMoreTablesThanItWouldCompare() throws IOException {
        Path file = written();
        String text = Files.readString(file);
        String start = text.substring(0, text.indexOf("\"latencies\""));
        Files.writeString(file, start + "\"latencies\": [" + "0,".repeat(1000) + "0]}]}");

        assertThatThrownBy(() -> ProfileFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage(file + ":28: more than 1000 latency tables for one model");
    }

    @Test
    void readsALargeProfile() {
        // 18 models on 4 classes × 3 shares with 16 batch sizes, 50 blocks each: five times what a big cluster needs.
        var models = new ArrayList<ModelProfile>();
        for (int m = 0; m < 18; m++) {
            models.add(large("m" + m));
        }
        Path file = folder.resolve("large.json");
        ProfileFile.write(new Profile(models), file);

        assertThat(ProfileFile.read(file)).isEqualTo(new Profile(models));
    }

    private static ModelProfile large(String name) {
        var blocks = new ArrayList<Block>();
        var cuts = new ArrayList<Cut>();
        var rows = new ArrayList<List<Long>>();
        var batchSizes = new ArrayList<Integer>();
        for (int n = 1; n <= 16; n++) {
            batchSizes.add(n);
        }
        for (int b = 0; b < 50; b++) {
            blocks.add(new Block("first" + b, "last" + b, 3, 1_000_000, 0));
            rows.add(batchSizes.stream().map(n -> n * 1000L).toList());
            if (b > 0) {
                cuts.add(new Cut(List.of(), 100_000));
            }
        }
        var tables = new ArrayList<LatencyTable>();
        for (int c = 0; c < 4; c++) {
            for (int shares = 1; shares <= 3; shares++) {
                tables.add(new LatencyTable("g" + c, shares, batchSizes, rows, EMULATED));
            }
        }
        return new ModelProfile(name, "", BoundaryType.FLOAT16, List.of(), List.of(), blocks, cuts, tables, "");
    }

    private Path written() {
        Path file = folder.resolve("profile.json");
        ProfileFile.write(PROFILE, file);
        return file;
    }

    private void assertProblem(String good, String bad, String problem) throws IOException {
        Path file = written();
        String text = Files.readString(file);
        assertThat(text).contains(good);
        Files.writeString(file, text.replace(good, bad));
        assertThatThrownBy(() -> ProfileFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + problem);
    }
}
