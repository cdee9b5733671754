/** Open Inference Protocol server over pooled pipelines. */
@NullMarked
package io.ppipe.serve;

import org.jspecify.annotations.NullMarked;
