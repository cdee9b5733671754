/** A discrete-event world of GPUs and links around the scheduler. */
@NullMarked
package io.ppipe.simulate;

import org.jspecify.annotations.NullMarked;
