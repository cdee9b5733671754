package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/formats.md} shows files that can be read, and explains every key. */
class FormatsPageTest {
    @TempDir
    Path folder;

    @Test
    void everyFormatIsShownByAFileThatCanBeReadAndHasEveryKeyExplained() throws IOException {
        String page = Files.readString(Examples.page("formats.md"));
        for (Formats<?> format : Formats.all(folder)) {
            var section = Pattern.compile(
                            "\n## " + format.name() + "\n(.*?)```(yaml|json)\n(.*?)```(.*?)(?=\n## |$)", Pattern.DOTALL)
                    .matcher(page);
            assertThat(section.find())
                    .as("a section with an example of %s", format.name())
                    .isTrue();

            Path file = folder.resolve(format.name() + "." + section.group(2));
            Files.writeString(file, section.group(3));
            assertThat((Object) format.read().apply(file)).isNotNull();

            for (Shape shape : format.shapes()) {
                for (String key : shape.keys()) {
                    boolean header = key.equals(Header.FORMAT_KEY) || key.equals(Header.VERSION_KEY);
                    assertThat(header ? page : section.group(4))
                            .as("explanation of %s", shape.name())
                            .contains("`" + key + "`");
                }
            }
        }
    }
}
