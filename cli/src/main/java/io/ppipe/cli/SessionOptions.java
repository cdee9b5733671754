package io.ppipe.cli;

import io.ppipe.execute.Device;
import io.ppipe.execute.SessionSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where and how what is measured runs. */
final class SessionOptions {
    @Mixin
    private final OptimisationOption optimisation = new OptimisationOption();

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            converter = Words.OfDevice.class,
            description = {
                "What to measure on: cpu, cuda:N or tensorrt:N; `ppipe devices` lists them",
                "(default: ${DEFAULT-VALUE})."
            })
    private Device device = Device.CPU;

    Device device() {
        return device;
    }

    /** Returns sessions of one thread. */
    SessionSettings settings() {
        return new SessionSettings(1, optimisation.level(), device);
    }
}
