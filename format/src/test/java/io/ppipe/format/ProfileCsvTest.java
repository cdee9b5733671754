package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Block;
import io.ppipe.model.Cut;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import io.ppipe.model.Provenance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileCsvTest {
    private static final String FAST = "block-latency-us/resnet/fast-1.csv";
    private static final String CUTS = "cut-bytes/resnet.csv";
    private static final String BLOCKS = "blocks/resnet.csv";

    @TempDir
    Path folder;

    @BeforeEach
    void twoModels() {
        write(FAST, "block,batch1,batch2,batch4\n0,100,180.5,90\n1,0.2,1,2.49\n2,7,8,9\n");
        write("block-latency-us/resnet/slow-2.csv", "block,batch1\n0,1000\n1,10\n2,70\n");
        write("block-latency-us/resnet/slow-10.csv", "block,batch1\n0,2000\n1,20\n2,140\n");
        write(CUTS, "cut_after_block,bytes_per_request\n0,4000\n1,0\n");
        write("block-latency-us/yolo/fast-1.csv", "block,batch1\n0,5\n");
    }

    private Profile read() {
        return ProfileCsv.read(folder, List.of(), List.of());
    }

    private ModelProfile resnet() {
        return read().model("resnet").orElseThrow();
    }

    @Test
    void readsTablesAndCutsOfEveryModel() {
        assertThat(read().models()).extracting(ModelProfile::model).containsExactly("resnet", "yolo");
        assertThat(resnet().latencies())
                .extracting(t -> t.gpuClass() + " " + t.sharesPerGpu())
                .containsExactly("fast 1", "slow 2", "slow 10");
        assertThat(resnet().cuts()).extracting(Cut::bytesPerRequest).containsExactly(4000L, 0L);
        assertThat(resnet().latencies()).extracting(t -> t.provenance().kind()).containsOnly(Provenance.Kind.IMPORTED);
        assertThat(read().model("yolo").orElseThrow().cuts())
                .as("one block has no cuts")
                .isEmpty();
    }

    @Test
    void roundsHalfUpToOneAtLeastAndKeepsTablesThatAreNotMonotone() {
        LatencyTable fast = resnet().latencies("fast", 1).orElseThrow();

        assertThat(fast.batchSizes()).containsExactly(1, 2, 4);
        assertThat(fast.blockMicros())
                .containsExactly(List.of(100L, 181L, 90L), List.of(1L, 1L, 2L), List.of(7L, 8L, 9L));
    }

    @Test
    void knowsNoMemoryWithoutTheFileOfTheBlocks() {
        assertThat(resnet().blocks()).contains(new Block("block 0", "block 0", 1, 0, 0));
        write(BLOCKS, """
            block,first_layer,last_layer,layers,weight_bytes,activation_bytes
            0,conv1,relu1,2,100,50
            1,conv2,relu2,2,200,60
            2,fc,fc,1,300,70
            """);
        assertThat(resnet().blocks()).contains(new Block("conv2", "relu2", 2, 200, 60));
    }

    @Test
    void readsWhatSpreadsheetsWrite() {
        Profile plain = read();
        write(FAST, "\ufeffblock, batch4 ,batch1,batch2\r\n2,9,7,8\r\n\r\n0,90,100,180.5\r\n1,2.49,0.2,1\r\n");
        write(".DS_Store", "x");
        write("block-latency-us/.DS_Store", "x");
        write("block-latency-us/resnet/.DS_Store", "x");

        assertThat(read()).isEqualTo(plain);
    }

    @Test
    void writesAProfileThatCanBeRead() {
        Path file = folder.resolve("profile.json");
        ProfileFile.write(read(), file);
        assertThat(ProfileFile.read(file)).isEqualTo(read());
    }

    @Test
    void readsOnlyTheModelsAndClassesAskedFor() {
        Profile chosen = ProfileCsv.read(folder, List.of("resnet"), List.of("slow"));

        assertThat(chosen.models()).extracting(ModelProfile::model).containsExactly("resnet");
        assertThat(chosen.models().getFirst().latencies())
                .extracting(LatencyTable::gpuClass)
                .containsOnly("slow");
        assertThatThrownBy(() -> ProfileCsv.read(folder, List.of("resnett"), List.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("there is no model 'resnett'; maybe you meant 'resnet' (here: resnet, yolo)");
        assertThatThrownBy(() -> ProfileCsv.read(folder, List.of(), List.of("slow")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("yolo: there is no table of class 'slow' (here: fast)");
        assertThatThrownBy(() -> ProfileCsv.read(folder, List.of("yolo", "yolo"), List.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("model 'yolo' is asked for twice");
    }

    @Test
    void refusesMissingFoldersAndFiles() throws IOException {
        assertThatThrownBy(() -> ProfileCsv.read(folder.resolve("none"), List.of(), List.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessage("%s: there is no such folder; docs/formats.md shows the layout", folder.resolve("none"));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> ProfileCsv.read(empty, List.of(), List.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(empty.resolve("block-latency-us") + ": there is no such folder: it holds");
        Files.createDirectory(empty.resolve("block-latency-us"));
        assertThatThrownBy(() -> ProfileCsv.read(empty, List.of(), List.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("this folder is empty; it must hold a folder for each model");
        Files.createDirectory(empty.resolve("block-latency-us/resnet"));
        assertThatThrownBy(() -> ProfileCsv.read(empty, List.of(), List.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("resnet: this folder is empty; it must hold files CLASS-M.csv");
        Files.delete(folder.resolve(CUTS));
        assertProblem(CUTS, ": there is no such file; it must tell the bytes at every cut");
    }

    @Test
    void refusesNamesThatCannotBeMeant() {
        write("cut-bytes/resnett.csv", "cut_after_block,bytes_per_request\n");
        assertProblem(
                "cut-bytes/resnett.csv",
                ": there is no folder block-latency-us/resnett with latencies for it (models: resnet, yolo)");
    }

    @Test
    void refusesModelNamesThatAreNotAllowed() {
        write("block-latency-us/my model/fast-1.csv", "block,batch1\n0,5\n");
        assertProblem("block-latency-us/my model", ": model name 'my model' must be 1 to 100 of A-Z a-z 0-9 . _ -");
    }

    @Test
    void refusesAFileWhereAModelsFolderShouldBe() {
        write("block-latency-us/fast-1.csv", "block,batch1\n0,5\n");
        assertProblem("block-latency-us/fast-1.csv", ": this is no folder: only folders, one for each model");
    }

    @Test
    void refusesFileNamesThatDoNotSayClassAndShares() throws IOException {
        for (String name : List.of("fast.csv", "fast-0.csv", "fast-x.csv", "-1.csv", "fast-1.txt", "fast-1.5.csv")) {
            Path file = write("block-latency-us/resnet/" + name, "block,batch1\n0,5\n");
            assertProblem("block-latency-us/resnet/" + name, ": the name of this file must be CLASS-M.csv");
            Files.delete(file);
        }
    }

    @Test
    void refusesTheSameTableTwice() {
        write("block-latency-us/resnet/fast-01.csv", "block,batch1\n0,5\n");
        assertThatThrownBy(this::read)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("this is the same table as fast-")
                .hasMessageContaining("keep one");
    }

    @Test
    void refusesCellsThatAreNoLatencies() {
        assertCellProblem("-5", "column 'batch2' (-5) must be above 0: a latency in microseconds");
        assertCellProblem("0", "column 'batch2' (0) must be above 0: a latency in microseconds");
        assertCellProblem("NaN", "column 'batch2' must be a finite number in plain decimal digits, found number 'NaN'");
        assertCellProblem("inf", "column 'batch2' must be a finite number in plain decimal digits, found number 'inf'");
        assertCellProblem("1e400", "column 'batch2' (1e400) is out of range");
        assertCellProblem("1e30", "column 'batch2' (1E+30) is out of range; latencies are in microseconds");
        assertCellProblem("0x10", "column 'batch2' must be a finite number in plain decimal digits");
        assertCellProblem("fast", "column 'batch2' must be a number, found text 'fast'");
        assertCellProblem("", "column 'batch2' must be a number, found text ''");
        assertCellProblem("1,2", "5 cells in this row, the first line names 4 columns");
    }

    private void assertCellProblem(String cell, String problem) {
        write(FAST, "block,batch1,batch2,batch4\n0,100,180,190\n1,1,%s,3\n2,7,8,9\n".formatted(cell));
        assertProblem(FAST, ":3: " + problem);
    }

    @Test
    void refusesRowsThatAreMissingOrThereTwice() {
        write(FAST, "block,batch1\n0,5\n1,5\n1,5\n");
        assertProblem(FAST, ":4: block 1 is there twice, first in line 3");
        write(FAST, "block,batch1\n0,5\n2,5\n");
        assertProblem(FAST, ":3: block 1 is missing; this row has 2, and rows are numbered from 0 without a gap");
        write(FAST, "block,batch1\n1,5\n");
        assertProblem(FAST, ":2: block 0 is missing");
        write(FAST, "block,batch1\n-1,5\n");
        assertProblem(FAST, ":2: column 'block' (-1) must be at least 0");
        write(FAST, "block,batch1\n0,5\n1.5,5\n");
        assertProblem(FAST, ":3: column 'block' must be a whole number");
        write(FAST, "block,batch1\n");
        assertProblem(FAST, ":1: there must be a row for at least one block");
        write(FAST, "block,batch1\n0,5,6\n");
        assertProblem(FAST, ":2: 3 cells in this row, the first line names 2 columns");
        write(FAST, "\n");
        assertProblem(FAST, ": this file is empty; its first line must name the columns");
    }

    @Test
    void refusesColumnsThatAreNoBatchSizesOrThereTwice() {
        write(FAST, "block,batch1,batch01\n0,5,6\n");
        assertProblem(FAST, ":1: column 'batch01' is there twice");
        write(FAST, "block,batch1,batch1\n0,5,6\n");
        assertProblem(FAST, ":1: column 'batch1' is there twice");
        write(FAST, "block,batch0\n0,5\n");
        assertProblem(FAST, ":1: column 'batch0' must be called batchN, with a batch size N of at least 1");
        write(FAST, "block,latency\n0,5\n");
        assertProblem(FAST, ":1: column 'latency' must be called batchN");
        write(FAST, "layer,batch1\n0,5\n");
        assertProblem(FAST, ":1: the first line must be like 'block,batch1,batch2,batch4', found 'layer,batch1'");
        write(FAST, "block\n0\n");
        assertProblem(FAST, ":1: the first line must be like");
    }

    @Test
    void refusesFilesOfOneModelThatDifferInTheirBlocks() {
        write("block-latency-us/resnet/slow-2.csv", "block,batch1\n0,1000\n1,10\n");
        assertProblem(
                "block-latency-us/resnet/slow-2.csv",
                ":3: 2 blocks, but fast-1.csv has 3: all tables of a model must have the same");
    }

    @Test
    void refusesCutsThatDoNotFitTheBlocks() {
        write(CUTS, "cut_after_block,bytes_per_request\n0,4000\n");
        assertProblem(CUTS, ":2: 1 cuts, but 3 blocks have 2 between them");
        write(CUTS, "cut_after_block,bytes_per_request\n0,4000\n1,1\n2,1\n");
        assertProblem(CUTS, ":4: 3 cuts, but 3 blocks have 2 between them");
        write(CUTS, "cut_after_block,bytes_per_request\n0,4000\n1,-1\n");
        assertProblem(CUTS, ":3: column 'bytes_per_request' (-1) must be at least 0");
        write(CUTS, "cut_after_block,bytes_per_request\n0,4000\n1,2.5\n");
        assertProblem(CUTS, ":3: column 'bytes_per_request' must be a whole number");
        write(CUTS, "cut,bytes\n0,4000\n");
        assertProblem(CUTS, ":1: the first line must be 'cut_after_block,bytes_per_request', found 'cut,bytes'");
    }

    @Test
    void refusesBlocksThatDoNotFitTheLatencies() {
        String header = "block,first_layer,last_layer,layers,weight_bytes,activation_bytes\n";
        write(BLOCKS, header + "0,a,b,1,1,1\n");
        assertProblem(BLOCKS, ":2: 1 blocks, but the latency tables have 3");
        write(BLOCKS, header + "0,a,b,0,1,1\n1,a,b,1,1,1\n2,a,b,1,1,1\n");
        assertProblem(BLOCKS, ":2: column 'layers' (0) must be at least 1");
        write(BLOCKS, header + "0,a,b,1,1,1\n1,a,b,1,-1,1\n2,a,b,1,1,1\n");
        assertProblem(BLOCKS, ":3: column 'weight_bytes' (-1) must be at least 0");
    }

    @Test
    void importsThePublishedLatencies() {
        Path reference = Examples.reference();
        Assumptions.assumeTrue(
                Files.isDirectory(reference.resolve("block-latency-us")),
                "skipped: ../shared/reference with the published latencies is not here");

        Profile profile = ProfileCsv.read(reference, List.of(), List.of());

        assertThat(profile.models()).hasSizeGreaterThan(10);
        assertThat(profile.models()).allSatisfy(model -> {
            assertThat(model.blockCount()).isBetween(9, 10);
            assertThat(model.latencies()).extracting(LatencyTable::gpuClass).contains("L4", "P4", "T4", "V100");
        });
        ProfileFile.write(profile, folder.resolve("profile.json"));
        assertThat(ProfileFile.read(folder.resolve("profile.json"))).isEqualTo(profile);
    }

    private Path write(String file, String text) {
        try {
            Files.createDirectories(folder.resolve(file).getParent());
            return Files.writeString(folder.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertProblem(String file, String problem) {
        assertThatThrownBy(this::read)
                .isInstanceOf(BadInputException.class)
                .hasMessageMatching(Pattern.quote(folder.resolve(file) + problem) + ".*");
    }
}
