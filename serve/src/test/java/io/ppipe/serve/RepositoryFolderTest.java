package io.ppipe.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryFolderTest {
    @TempDir
    private Path root = Path.of(".");

    private RepositoryFolder folder;

    @BeforeEach
    void make() throws IOException {
        for (String version : new String[] {"2", "10", "1", "01", "x", "-3"}) {
            Files.writeString(
                    Files.createDirectories(root.resolve("cat").resolve(version))
                            .resolve("model.onnx"),
                    version);
        }
        folder = new RepositoryFolder(root);
    }

    private void config(String text) throws IOException {
        Files.writeString(root.resolve("cat/config.pbtxt"), text);
    }

    @Test
    void listsVersionsByNumber() {
        assertThat(folder.models()).containsExactly("cat");
        assertThat(folder.versions("cat")).containsExactly("1", "2", "10");
        assertThat(folder.versions("dog")).isEmpty();
    }

    @Test
    void wantsTheHighestVersionUnlessTheConfigurationNamesOne() throws IOException {
        assertThat(folder.wanted("cat")).hasValue("10");
        assertThat(folder.wanted("dog")).isEmpty();

        config("name: \"cat\" platform: \"onnxruntime_onnx\" instance_group [{ count: 2 }]\n"
                + "version_policy: { specific: { versions: [2] } }");
        assertThat(folder.wanted("cat")).hasValue("2");
        assertThat(folder.onnx("cat", "2")).hasContent("2");
    }

    @Test
    void readsTheFileThatTheConfigurationNames() throws IOException {
        Files.writeString(root.resolve("cat/10/other.onnx"), "other");
        config("default_model_filename: \"other.onnx\"");

        assertThat(folder.onnx("cat", "10")).hasContent("other");
    }

    @Test
    void saysWhatIsWrongWithAConfiguration() throws IOException {
        config("version_policy: { specific: { versions: [3] } }");
        assertWrong("cat/config.pbtxt: version_policy wants version 3; there are [1, 2, 10]");
        config("version_policy: { specific: { versions: [1, 2] } }");
        assertWrong("names 2 versions", "name one");
        config("\nname: \"dog\"");
        assertWrong("name is 'dog', expected 'cat'");
        config("backend: \"tensorrt\"");
        assertWrong("backend is 'tensorrt', expected 'onnxruntime'");
        config("name: \"cat\"\nmax_batch_size: many");
        assertWrong("cat/config.pbtxt:2:");
    }

    private void assertWrong(String... parts) {
        assertThatThrownBy(() -> folder.wanted("cat"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining(root.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../cat", "cat/1", "/etc", "cat\\1", ".cat", "cat\u0000", "cat\n"})
    void refusesNamesThatAreNoFolders(String name) {
        assertThatThrownBy(() -> folder.wanted(name))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("must be one folder's or file's");
    }

    @Test
    void refusesLinksOutOfTheRepository(@TempDir Path elsewhere) throws IOException {
        Path secret = Files.writeString(elsewhere.resolve("secret"), "secret");
        Files.createDirectories(elsewhere.resolve("dog/1"));
        Files.createSymbolicLink(root.resolve("dog"), elsewhere.resolve("dog"));
        Files.createSymbolicLink(Files.createDirectories(root.resolve("cow/1")).resolve("model.onnx"), secret);
        Files.createDirectories(root.resolve("pig/1"));
        Files.createSymbolicLink(root.resolve("pig/config.pbtxt"), secret);

        assertThatThrownBy(() -> folder.wanted("dog")).hasMessage("dog is a link out of the model repository.");
        assertThatThrownBy(() -> folder.onnx("cow", "1"))
                .hasMessage("cow/1/model.onnx is a link out of the model repository.");
        assertThatThrownBy(() -> folder.wanted("pig"))
                .hasMessage("pig/config.pbtxt is a link out of the model repository.");
        config("default_model_filename: \"../../secret\"");
        assertThatThrownBy(() -> folder.onnx("cat", "1")).hasMessageContaining("must be one folder's or file's");
    }

    @Test
    void takesLinksWithinTheRepository() throws IOException {
        Files.createSymbolicLink(root.resolve("tom"), root.resolve("cat"));

        assertThat(folder.onnx("tom", "1")).hasContent("1");
    }

    @Test
    void saysWhenThereIsNoFolder() {
        assertThatThrownBy(() -> new RepositoryFolder(root.resolve("nothing")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("--model-repository", "there is no such folder");
        assertThatThrownBy(() -> new RepositoryFolder(root.resolve("cat/1/model.onnx")))
                .hasMessageContaining("is a file");
    }
}
