package io.ppipe.cli;

import io.ppipe.execute.SessionSettings.Optimisation;
import picocli.CommandLine.Option;

/** How far ONNX Runtime may change a stage's graph. What serves must be what was profiled, so all say it alike. */
final class OptimisationOption {
    @Option(
            names = "--optimisation",
            paramLabel = "LEVEL",
            defaultValue = "NONE",
            description = {
                "ONNX Runtime's graph optimisation, the same in `profile` and `serve`: NONE gives the whole model's"
                        + " bits,",
                "ALL is faster and may differ from it in the last bits (default: ${DEFAULT-VALUE})."
            })
    private Optimisation optimisation = Optimisation.NONE;

    Optimisation level() {
        return optimisation;
    }
}
