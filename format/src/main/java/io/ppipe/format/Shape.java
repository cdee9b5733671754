package io.ppipe.format;

import java.util.List;

/**
 * The keys that one kind of object in our files may have.
 *
 * @param name the kind in words, with article: "a GPU class"
 */
record Shape(String name, List<String> keys) {
    Shape {
        keys = List.copyOf(keys);
    }

    static Shape of(String name, String... keys) {
        return new Shape(name, List.of(keys));
    }
}
