/** Runs one partition of an ONNX model: tensors in, tensors out. The profiler measures what the server runs. */
@NullMarked
package io.ppipe.execute;

import org.jspecify.annotations.NullMarked;
