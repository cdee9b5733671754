package io.ppipe.profile.estimate;

import io.ppipe.model.ErrorBand;
import io.ppipe.profile.KernelKind;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@link Coefficients} as JSON: {@code ppipe bench estimate --fit} writes it, as a report, and ppipe carries one. */
public final class CoefficientsJson {
    private CoefficientsJson() {}

    static Coefficients read(InputStream in) {
        JsonNode root = new JsonMapper().readTree(in);
        var rates = new LinkedHashMap<String, Rates>();
        var bands = new LinkedHashMap<String, ErrorBand>();
        for (JsonNode gpu : root.required("gpus")) {
            String name = gpu.required("gpu").asString();
            var efficiency = new EnumMap<KernelKind, Double>(KernelKind.class);
            for (KernelKind kind : KernelKind.values()) {
                if (kind.computes()) {
                    efficiency.put(
                            kind, gpu.required("efficiency").required(key(kind)).asDouble());
                }
            }
            rates.put(
                    name,
                    new Rates(
                            efficiency,
                            gpu.required("memory").asDouble(),
                            gpu.required("launch_us").asDouble()));
            bands.put(name, band(gpu.required("error_band")));
        }
        return new Coefficients(
                root.required("fitted_to").asString(),
                root.required("date").asString(),
                root.required("command").asString(),
                root.required("whole_model_error").asDouble(),
                root.required("block_error").asDouble(),
                root.required("half_filled_outputs_per_sm").asDouble(),
                rates,
                bands,
                band(root.required("error_band_of_other_gpus")));
    }

    private static ErrorBand band(JsonNode node) {
        return new ErrorBand(
                node.required("low").asDouble(), node.required("high").asDouble());
    }

    /** Returns them with the keys of the file, in its order. */
    public static Map<String, @Nullable Object> of(Coefficients coefficients) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("kind", "roofline-coefficients");
        json.put("fitted_to", coefficients.fittedTo());
        json.put("date", coefficients.date());
        json.put("command", coefficients.command());
        json.put("whole_model_error", rounded(coefficients.wholeModelError()));
        json.put("block_error", rounded(coefficients.blockError()));
        json.put("half_filled_outputs_per_sm", rounded(coefficients.halfFilled()));
        json.put("error_band_of_other_gpus", of(coefficients.transferBand()));
        List<Object> gpus = new ArrayList<>();
        coefficients.rates().forEach((name, rates) -> gpus.add(of(name, rates, coefficients)));
        json.put("gpus", gpus);
        return json;
    }

    private static Map<String, Object> of(String name, Rates rates, Coefficients coefficients) {
        var efficiency = new LinkedHashMap<String, Object>();
        rates.efficiency().forEach((kind, value) -> efficiency.put(key(kind), rounded(value)));
        var json = new LinkedHashMap<String, Object>();
        json.put("gpu", name);
        json.put("launch_us", rounded(rates.launchMicros()));
        json.put("memory", rounded(rates.memory()));
        json.put("efficiency", efficiency);
        json.put("error_band", of(coefficients.band(GpuCatalogue.sheet(name))));
        return json;
    }

    private static Map<String, Object> of(ErrorBand band) {
        var json = new LinkedHashMap<String, Object>();
        json.put("low", rounded(band.low()));
        json.put("high", rounded(band.high()));
        return json;
    }

    private static String key(KernelKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** More than four digits would claim a precision that no fit has. */
    private static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.4g", value));
    }
}
