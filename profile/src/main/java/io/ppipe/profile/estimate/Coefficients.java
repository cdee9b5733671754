package io.ppipe.profile.estimate;

import io.ppipe.model.ErrorBand;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was fitted to measured block latencies, and how far off it was on models that it wasn't fitted to.
 *
 * @param fittedTo what it was fitted to, in words
 * @param date when, ISO 8601
 * @param command what fits it
 * @param wholeModelError median absolute error of whole-model latencies, as a fraction, each model left out in turn
 * @param blockError the same of block latencies
 * @param halfFilled see {@link Roofline}
 * @param rates by fitted GPU
 * @param bands by fitted GPU
 * @param transferBand of GPUs that were not measured: how far off the fitted ones are with each other's rates
 */
public record Coefficients(
        String fittedTo,
        String date,
        String command,
        double wholeModelError,
        double blockError,
        double halfFilled,
        Map<String, Rates> rates,
        Map<String, ErrorBand> bands,
        ErrorBand transferBand) {
    private static final String RESOURCE = "coefficients.json";

    public Coefficients {
        rates = new LinkedHashMap<>(rates);
        bands = new LinkedHashMap<>(bands);
    }

    /** Returns those that come with ppipe. */
    public static Coefficients standard() {
        try (InputStream in = Coefficients.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("%s is missing beside its class.".formatted(RESOURCE));
            }
            return CoefficientsJson.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how long kernels take on a GPU: its own rates, or those of the nearest fitted one. */
    public Roofline roofline(GpuSheet gpu) {
        Rates own = rates.get(gpu.fitted());
        if (own == null) {
            throw new IllegalArgumentException(
                    "%s: no rates of %s were fitted, only of %s.".formatted(gpu.name(), gpu.fitted(), rates.keySet()));
        }
        return new Roofline(gpu, own, halfFilled);
    }

    /** Returns how far measured latencies of blocks may lie from estimated ones; wider for GPUs that weren't measured. */
    public ErrorBand band(GpuSheet gpu) {
        return bands.getOrDefault(gpu.name(), transferBand);
    }
}
