/** CNN architectures as ONNX files with seeded weights. */
@NullMarked
package io.ppipe.zoo;

import org.jspecify.annotations.NullMarked;
