package io.ppipe.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One model of a workload: what to serve and what was promised for it.
 *
 * @param onnx the ONNX file; empty when only its profile is at hand (then it can be planned and simulated, not served)
 * @param boundary how its boundary tensors travel
 */
public record ModelDemand(String name, Optional<Path> onnx, Slo slo, Demand demand, BoundaryType boundary) {
    public ModelDemand {
        Checks.named("A model", name);
    }
}
