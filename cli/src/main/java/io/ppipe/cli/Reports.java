package io.ppipe.cli;

import io.ppipe.model.Summary;
import io.ppipe.model.Utilisation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parts that all JSON reports share, with the same keys everywhere. */
final class Reports {
    private Reports() {}

    static Map<String, Object> summary(Summary summary) {
        var row = new LinkedHashMap<String, Object>();
        row.put("offered_rps", summary.offeredPerSecond());
        row.put("throughput_rps", summary.throughputPerSecond());
        row.put("goodput_rps", summary.goodputPerSecond());
        row.put("slo_attainment", summary.sloAttainment());
        row.put("arrived", summary.arrived());
        row.put("in_time", summary.inTime());
        row.put("late", summary.late());
        row.put("rejected", summary.rejected());
        row.put("expired", summary.expired());
        row.put("cancelled", summary.cancelled());
        row.put("failed", summary.failed());
        return row;
    }

    static Map<String, Object> utilisation(List<Utilisation> classes) {
        var byClass = new LinkedHashMap<String, Object>();
        for (Utilisation utilisation : classes) {
            byClass.put(utilisation.gpuClass(), utilisation.ofClass());
        }
        return byClass;
    }
}
