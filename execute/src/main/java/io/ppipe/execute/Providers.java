package io.ppipe.execute;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives sessions the execution providers of their device. ONNX Runtime asks them in the order in which they are added. */
final class Providers {
    private Providers() {}

    /**
     * Adds the providers of a device; the CPU's is always there.
     *
     * @throws BadInputException when this build or this machine doesn't have them
     */
    static void add(SessionOptions options, Device device) {
        switch (device.kind()) {
            case CPU -> {}
            case CUDA -> cuda(options, device);
            case TENSORRT -> {
                tensorRt(options, device);
                cuda(options, device);
            }
        }
    }

    /** Returns whether the ONNX Runtime on the class path was built for a kind of device. */
    static boolean built(Device.Kind kind) {
        return switch (kind) {
            case CPU -> true;
            case CUDA -> OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
            case TENSORRT -> OrtEnvironment.getAvailableProviders().contains(OrtProvider.TENSOR_RT);
        };
    }

    private static void cuda(SessionOptions options, Device device) {
        requireBuilt(device);
        try (var cuda = new OrtCUDAProviderOptions(device.index())) {
            // Many sessions share a GPU: the arena must not double with every request for memory.
            cuda.add("arena_extend_strategy", "kSameAsRequested");
            options.addCUDA(cuda);
        } catch (OrtException e) {
            throw missing(device, "CUDA 12 and cuDNN 9", e);
        }
    }

    private static void tensorRt(SessionOptions options, Device device) {
        requireBuilt(device);
        try (var tensorRt = new OrtTensorRTProviderOptions(device.index())) {
            // Engines take minutes to build and fit one GPU and version, which their names in the cache tell apart.
            tensorRt.add("trt_engine_cache_enable", "1");
            tensorRt.add("trt_engine_cache_path", engines().toString());
            tensorRt.add("trt_timing_cache_enable", "1");
            tensorRt.add("trt_timing_cache_path", engines().toString());
            options.addTensorrt(tensorRt);
        } catch (OrtException e) {
            throw missing(device, "CUDA 12, cuDNN 9 and TensorRT 10", e);
        }
    }

    private static Path engines() {
        String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
        try {
            return Files.createDirectories(
                    Path.of(System.getenv().getOrDefault("PPIPE_CACHE", cache + "/ppipe"), "tensorrt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireBuilt(Device device) {
        if (!built(device.kind())) {
            throw new BadInputException(
                    "Device %s: this ppipe was built with the ONNX Runtime for CPUs. Build it with the one for GPUs: `mvn -Pgpu -Dquick -DskipTests clean package`."
                            .formatted(device));
        }
    }

    private static BadInputException missing(Device device, String libraries, OrtException e) {
        return new BadInputException(
                "Device %s cannot be used: %s. It needs an NVIDIA driver (`nvidia-smi` lists the GPUs), and %s where the system looks for libraries (on Linux: LD_LIBRARY_PATH or ldconfig)."
                        .formatted(device, OnnxRuntime.reason(e).replaceFirst("\\.$", ""), libraries),
                e);
    }
}
