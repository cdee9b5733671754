package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The scheduler's bytecode calls no clock, thread, lock, random number, I/O, setting of the machine, nor a collection whose order
 * is not promised.
 */
class PurityTest {
    private static final List<String> ALLOWED =
            List.of("java/lang/", "java/util/", "[", "io/ppipe/model/", "io/ppipe/schedule/");
    private static final List<String> FORBIDDEN = List.of(
            // clocks, and what the machine says
            "java/lang/System.",
            "java/lang/Runtime",
            "java/lang/Process",
            "java/lang/StackWalker",
            "java/lang/management/",
            "java/util/Date",
            "java/util/Calendar",
            "java/util/GregorianCalendar",
            "java/util/TimeZone",
            "java/util/Locale.getDefault",
            // threads and locks
            "java/lang/Thread",
            "java/lang/InheritableThreadLocal",
            "java/lang/ScopedValue",
            "java/lang/Object.wait",
            "java/lang/Object.notify",
            "java/util/concurrent/",
            "java/util/Timer",
            // random numbers, and what differs between runs
            "java/lang/Math.random",
            "java/lang/StrictMath.random",
            "java/lang/Object.hashCode",
            "java/util/Objects.hash",
            "java/util/Random",
            "java/util/random/",
            "java/util/SplittableRandom",
            "java/util/UUID",
            "java/util/Collections.shuffle",
            // input and output, reflection
            "java/lang/IO.",
            "java/lang/Class.forName",
            "java/lang/Class.getResource",
            "java/lang/ClassLoader",
            "java/lang/reflect/",
            "java/lang/foreign/",
            "java/util/Scanner",
            "java/util/ServiceLoader",
            "java/util/ResourceBundle",
            "java/util/Properties",
            "java/util/logging/",
            "java/util/prefs/",
            "java/util/zip/",
            "java/util/jar/",
            // orders that nobody promises
            "java/util/HashMap.",
            "java/util/HashSet.",
            "java/util/Hashtable.",
            "java/util/IdentityHashMap",
            "java/util/WeakHashMap",
            "java/util/PriorityQueue",
            "java/util/Set.of",
            "java/util/Set.copyOf",
            "java/util/Map.of",
            "java/util/Map.copyOf",
            "java/util/stream/Collectors.toSet",
            "java/util/stream/Collectors.toMap",
            "java/util/stream/Collectors.toUnmodifiable",
            "java/util/stream/Collectors.grouping",
            "java/util/stream/BaseStream.parallel",
            "java/util/Collection.parallel");

    @Test
    void schedulerIsPure() throws IOException {
        assertThat(violations(Path.of("target", "classes"))).isEmpty();
    }

    @Test
    void theCheckFindsWhatItLooksFor() throws IOException {
        assertThat(violations(Path.of("target", "test-classes")))
                .anyMatch(v -> v.contains("java/lang/System.nanoTime"))
                .anyMatch(v -> v.contains("java/lang/Thread.currentThread"))
                .anyMatch(v -> v.contains("java/util/SplittableRandom"))
                .anyMatch(v -> v.contains("java/io/PrintStream.println"))
                .anyMatch(v -> v.contains("takes a lock in impure"));
    }

    /** Something for the check to find. */
    static synchronized long impure() {
        System.out.println(Thread.currentThread() + " " + new SplittableRandom().nextInt());
        return System.nanoTime();
    }

    private static List<String> violations(Path classes) throws IOException {
        var found = new ArrayList<String>();
        try (var files = Files.walk(classes)) {
            List<Path> sorted =
                    files.filter(f -> f.toString().endsWith(".class")).sorted().toList();
            assertThat(sorted).isNotEmpty();
            for (Path file : sorted) {
                var parsed = ClassFile.of().parse(file);
                for (var method : parsed.methods()) {
                    boolean locks = method.flags().has(AccessFlag.SYNCHRONIZED)
                            || method.code().stream()
                                    .anyMatch(code ->
                                            code.elementStream().anyMatch(MonitorInstruction.class::isInstance));
                    if (locks) {
                        found.add(file.getFileName() + " takes a lock in "
                                + method.methodName().stringValue());
                    }
                }
                for (var entry : parsed.constantPool()) {
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
