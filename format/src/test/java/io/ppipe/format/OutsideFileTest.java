package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Cluster;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Plan;
import io.ppipe.model.Price;
import io.ppipe.model.Profile;
import io.ppipe.model.Sharing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every reader and writer does about files that are missing, broken, huge or of another kind. */
class OutsideFileTest {
    private static final Cluster CLUSTER = new Cluster(
            "lab",
            List.of(new GpuClass(
                    "cpu", 1, 1, 1 << 30, List.of(1), Sharing.MPS, 1e9, Price.UNKNOWN, new Executor.Cpu(1))),
            1);

    @TempDir
    Path folder;

    @Test
    void saysThatAFileIsMissingOrADirectory() {
        Path missing = folder.resolve("missing.yaml");
        assertProblem(missing, "%s: there is no such file".formatted(missing));
        assertProblem(folder, "%s: this is a directory; give the file in it".formatted(folder));
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        assertText("", ": this file is empty");
        assertText("# only a comment\n", ": this file is empty");
    }

    @Test
    void refusesAHugeFileAndHugeContent() throws IOException {
        assertText(
                "#" + "x".repeat(1 << 20), ": this file is longer than the 1 MiB that are read; is it the right one?");
        assertText("a: " + "[".repeat(40), ":1: values nest deeper than 32; is it the right file?");
        assertText("format: cluster\nversion: " + "1".repeat(100_000), ":2: key 'version' has 100000 digits, too many");
        assertThatThrownBy(() -> ClusterFile.read(Path.of("/dev/zero")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("longer than the 1 MiB");
    }

    @Test
    void refusesMoreValuesThanAnyProfileHas() throws IOException {
        Path file = Files.writeString(folder.resolve("p.json"), "[" + "1,".repeat(1_000_000) + "1]");

        assertThatThrownBy(() -> ProfileFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage(file + ":1: more than 1000000 values; is it the right file?");
    }

    @Test
    void doesNotFollowAliases() throws IOException {
        assertText("a: &a [x]\nb: *a\n", ":2: YAML aliases (*name) are not read; write the value out");
        String bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n";
        assertText(bomb, ":2: YAML aliases (*name) are not read; write the value out");
    }

    @Test
    void placesWhatIsNotUtf8() throws IOException {
        Path file = folder.resolve("c.yaml");
        Files.write(file, "format: cluster\nname: gr\u00f6\u00dfe\n".getBytes(StandardCharsets.ISO_8859_1));
        assertProblem(file, file + ":2: this is not UTF-8 text; save the file as UTF-8");
        Files.write(file, "format: cluster\n".getBytes(StandardCharsets.UTF_16));
        assertProblem(file, file + ":1: this is not UTF-8 text; save the file as UTF-8");
    }

    @Test
    void placesWhatIsNotYaml() throws IOException {
        assertText(
                "format: cluster\nclasses: [1\nname: x\n",
                ":3: this is not valid YAML: while parsing a flow sequence: expected ',' or ']', but got :");
        assertText(
                "format: cluster\n\tname: x\n",
                ":2: this is not valid YAML: while scanning for the next token: found character '\\t(TAB)'");
        assertText("format: cluster\nname: \u0007\n", ":2: this is not valid YAML: character U+0007 must be escaped");
        assertText("format: cluster\nname: a\nname: b\n", ":3: key 'name' is there twice, first in line 2");
        assertText(
                "format: cluster\n---\nname: b\n", ":3: the file goes on after its end; one file holds one document");
    }

    @Test
    void placesWhatIsNotJson() throws IOException {
        Path file = Files.writeString(
                folder.resolve("p.json"), "{\"format\": \"profile\",\n\"version\": 1,\n\"models\": [NaN]}");
        assertThatThrownBy(() -> ProfileFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + ":3: this is not valid JSON: Non-standard token 'NaN'");
    }

    @Test
    void saysWhichFormatAndVersionItReads() throws IOException {
        assertText(
                "name: x\n",
                ":1: key 'format' is missing; a cluster file starts with `format: cluster` and `version: 1`");
        assertText(
                "format: plan\nversion: 1\n",
                ":1: format is 'plan', expected 'cluster'; this is a plan file, maybe two files were mixed up");
        assertText(
                "format: klaster\nversion: 1\n",
                ":1: format is 'klaster', expected 'cluster'; a cluster file starts with");
        assertText(
                "format: cluster\nversion: 2\nnew_key: 1\n",
                ":2: version is 2, written by a newer ppipe; this build reads version 1 of a cluster file");
        assertText("format: cluster\nversion: one\n", ":2: key 'version' must be a whole number, found text 'one'");
        assertText("format: cluster\nversion: 0\n", ":2: key 'version' (0) must be at least 1");
        assertText("- format\n", ":1: this file must be a cluster file: an object with keys, found a list");
    }

    @Test
    void keepsMessagesToOneLine() throws IOException {
        assertText(
                "format: cluster\nversion: 1\nname: x\n\"a\\nb\\u2028\": 1\n",
                ":4: key 'a\\u000ab\\u2028' is not known in a cluster file (allowed: ");
    }

    @Test
    void saysWhyAFileCannotBeWritten() throws IOException {
        Path nowhere = folder.resolve("nowhere/c.yaml");
        assertThatThrownBy(() -> ClusterFile.write(CLUSTER, nowhere))
                .isInstanceOf(BadInputException.class)
                .hasMessage(nowhere + ": cannot be written: the folder does not exist");
        assertThatThrownBy(() -> ClusterFile.write(CLUSTER, folder))
                .isInstanceOf(BadInputException.class)
                .hasMessage(folder + ": cannot be written: this is a directory; give the file in it");
    }

    @Test
    void replacesAFileWholeAndLeavesNothingBeside() throws IOException {
        Path file = folder.resolve("c.yaml");
        Path link = Files.createSymbolicLink(folder.resolve("link.yaml"), file);
        ClusterFile.write(CLUSTER, file);
        Files.writeString(file, Files.readString(file) + "# longer than what comes next".repeat(100));

        ClusterFile.write(CLUSTER, link);

        assertThat(ClusterFile.read(file)).isEqualTo(CLUSTER);
        assertThat(Files.isSymbolicLink(link)).isTrue();
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(file, link);
        }
    }

    @Test
    void refusesToWriteNumbersThatNoFileCanHold() {
        var plan = new RandomRecords(1).plan();
        var broken = new Plan(
                plan.algorithm(),
                plan.clusterName(),
                Double.NaN,
                plan.profileFingerprint(),
                plan.rules(),
                plan.models(),
                plan.vgpus(),
                plan.certificate(),
                plan.marginalValues());
        Path file = folder.resolve("plan.json");

        assertThatThrownBy(() -> PlanFile.write(broken, file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("time_scale (NaN) must be finite to be written.");
        assertThat(file).doesNotExist();
    }

    @Test
    void aProfileWithoutModelsIsNoError() {
        Path file = folder.resolve("profile.json");
        ProfileFile.write(new Profile(List.of()), file);
        assertThat(ProfileFile.read(file)).isEqualTo(new Profile(List.of()));
    }

    private void assertText(String text, String problem) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yaml"), text);
        assertProblem(file, file + problem);
    }

    private static void assertProblem(Path file, String problem) {
        assertThatThrownBy(() -> ClusterFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(problem)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }
}
