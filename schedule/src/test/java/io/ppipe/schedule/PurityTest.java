package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scheduler's bytecode calls no clock, thread, random number, I/O, nor a collection whose order is not promised. */
class PurityTest {
    private static final List<String> ALLOWED =
            List.of("java/lang/", "java/util/", "[", "io/ppipe/model/", "io/ppipe/schedule/");
    private static final List<String> FORBIDDEN = List.of(
            "java/lang/System.",
            "java/lang/Thread",
            "java/lang/Runtime.",
            "java/lang/Process",
            "java/lang/Math.random",
            "java/util/concurrent/",
            "java/util/Random",
            "java/util/SplittableRandom",
            "java/util/UUID",
            "java/util/Timer",
            "java/util/Date",
            "java/util/HashMap.",
            "java/util/HashSet.",
            "java/util/Set.of",
            "java/util/Set.copyOf",
            "java/util/Map.of",
            "java/util/Map.copyOf");

    @Test
    void schedulerIsPure() throws IOException {
        assertThat(violations(Path.of("target", "classes"))).isEmpty();
    }

    @Test
    void theCheckFindsWhatItLooksFor() throws IOException {
        assertThat(violations(Path.of("target", "test-classes")))
                .anyMatch(v -> v.contains("java/lang/System.nanoTime"));
    }

    /** Something for the check to find. */
    static long impure() {
        return System.nanoTime();
    }

    private static List<String> violations(Path classes) throws IOException {
        var found = new ArrayList<String>();
        try (var files = Files.walk(classes)) {
            List<Path> sorted =
                    files.filter(f -> f.toString().endsWith(".class")).sorted().toList();
            assertThat(sorted).isNotEmpty();
            for (Path file : sorted) {
                for (var entry : ClassFile.of().parse(file).constantPool()) {
                    if (entry instanceof MemberRefEntry used) {
                        String member = used.owner().asInternalName() + "."
                                + used.name().stringValue();
                        boolean allowed = ALLOWED.stream().anyMatch(member::startsWith)
                                && FORBIDDEN.stream().noneMatch(member::startsWith);
                        if (!allowed && !member.equals("java/lang/System.arraycopy")) {
                            found.add(file.getFileName() + " uses " + member);
                        }
                    }
                }
            }
        }
        return found;
    }
}
