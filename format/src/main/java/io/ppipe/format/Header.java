package io.ppipe.format;

import java.util.ArrayList;
import java.util.List;

/** The first two keys of every file: which format it has, and in which version. */
enum Header {
    CLUSTER("cluster"),
    WORKLOAD("workload"),
    PROFILE("profile"),
    PLAN("plan"),
    EVENT_LOG("event-log");

    /** The version that this build writes, and the only one that it reads. */
    static final int VERSION = 1;

    static final String FORMAT_KEY = "format";
    static final String VERSION_KEY = "version";

    private final String format;

    Header(String format) {
        this.format = format;
    }

    String format() {
        return format;
    }

    /** Returns the shape of a file's outermost object: the header's keys and the file's own. */
    Shape shape(String... keys) {
        var all = new ArrayList<>(List.of(FORMAT_KEY, VERSION_KEY));
        all.addAll(List.of(keys));
        return new Shape("a " + format + " file", all);
    }

    /** Returns the fields of a file after checking that it is of this format, in the version that this build reads. */
    Fields open(String file, Node root, Shape shape) {
        var scalars = new Scalars(file);
        String start = "a %s file starts with `format: %s` and `version: %d`".formatted(format, format, VERSION);
        if (!(root instanceof Node.Mapping mapping)) {
            throw scalars.expected(root, "this file", "a " + format + " file: an object with keys", "; " + start);
        }
        var named = mapping.entry(FORMAT_KEY);
        if (named.isEmpty()) {
            throw Problem.at(file, root.line(), "key 'format' is missing; " + start);
        }
        String found = scalars.text(named.get().value(), "key 'format'");
        if (!found.equals(format)) {
            throw Problem.at(
                    file,
                    named.get().line(),
                    "format is %s, expected '%s'; %s".formatted(Problem.shown(found), format, advice(found, start)));
        }
        var versioned = mapping.entry(VERSION_KEY);
        if (versioned.isEmpty()) {
            throw Problem.at(file, root.line(), "key 'version' is missing; " + start);
        }
        long version = scalars.whole(versioned.get().value(), "key 'version'", 1, Long.MAX_VALUE);
        if (version > VERSION) {
            throw Problem.at(
                    file,
                    versioned.get().line(),
                    "version is %d, written by a newer ppipe; this build reads version %d of a %s file"
                            .formatted(version, VERSION, format));
        }
        return new Fields(file, root, "this file", shape);
    }

    private static String advice(String found, String start) {
        for (Header other : values()) {
            if (other.format.equals(found)) {
                return "this is a " + found + " file, maybe two files were mixed up";
            }
        }
        return start;
    }

    /** Begins a file of this format. */
    NodeBuilder begin() {
        return new NodeBuilder().text(FORMAT_KEY, format).whole(VERSION_KEY, VERSION);
    }
}
