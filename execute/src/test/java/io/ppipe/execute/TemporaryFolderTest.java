package io.ppipe.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TemporaryFolderTest {
    @Test
    void isGoneWithAllThatIsInIt() throws Exception {
        Path path;
        try (var folder = TemporaryFolder.create("test")) {
            path = folder.path();
            Files.writeString(Files.createDirectory(path.resolve("inner")).resolve("file"), "text");
            Files.writeString(path.resolve("other"), "text");

            assertThat(path.getFileName().toString())
                    .startsWith(
                            "ppipe-test-%d-".formatted(ProcessHandle.current().pid()));
        }

        assertThat(path).doesNotExist();
    }
}
