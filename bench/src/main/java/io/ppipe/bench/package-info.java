/** Micro-benchmarks and comparisons. */
@NullMarked
package io.ppipe.bench;

import org.jspecify.annotations.NullMarked;
