/** The Open Inference Protocol v2 over REST and gRPC, on one port, in front of an {@code InferenceService}. */
@NullMarked
package io.ppipe.serve.front;

import org.jspecify.annotations.NullMarked;
