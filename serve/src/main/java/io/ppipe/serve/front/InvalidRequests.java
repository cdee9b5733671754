package io.ppipe.serve.front;

import com.linecorp.armeria.common.logging.RequestLog;
import io.micrometer.core.instrument.Tags;
import io.ppipe.serve.Meters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the inference requests that were wrong, and so have no outcome: no server could have answered them. */
final class InvalidRequests {
    private final Map<String, LongAdder> byCause = new LinkedHashMap<>();

    InvalidRequests(Meters meters) {
        for (String cause : List.of("invalid", "unknown_model", "not_planned", "too_large")) {
            var count = new LongAdder();
            byCause.put(cause, count);
            meters.counter(
                    "ppipe.invalid.requests",
                    "Requests for inference that were wrong, by what was wrong.",
                    Tags.of("cause", cause),
                    count,
                    LongAdder::sum);
        }
    }

    /** Looks at what was answered to a request of any kind. */
    void count(RequestLog log) {
        String path = log.context().path();
        if (path.endsWith("/infer") || path.endsWith("/ModelInfer")) {
            @Nullable String cause = log.responseHeaders().get(WireStatus.CAUSE_HEADER);
            LongAdder count = byCause.get(
                    cause == null ? String.valueOf(log.responseTrailers().get(WireStatus.CAUSE_HEADER)) : cause);
            if (count != null) {
                count.increment();
            }
        }
    }
}
