/** Reads and writes the nouns as JSON and YAML files. */
@NullMarked
package io.ppipe.format;

import org.jspecify.annotations.NullMarked;
