/** ONNX graph to blocks, cuts and measured latencies. */
@NullMarked
package io.ppipe.profile;

import org.jspecify.annotations.NullMarked;
