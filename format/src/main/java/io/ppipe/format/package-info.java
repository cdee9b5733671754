/** Reads and writes the nouns as JSON and YAML files, event logs and traces. */
@NullMarked
package io.ppipe.format;

import org.jspecify.annotations.NullMarked;
