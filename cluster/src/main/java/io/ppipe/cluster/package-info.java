/** Moves boundary tensors between servers. */
@NullMarked
package io.ppipe.cluster;

import org.jspecify.annotations.NullMarked;
