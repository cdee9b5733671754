package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.ppipe.serve.Meters;
import java.util.concurrent.CompletableFuture;

/** {@code GET /metrics}: Prometheus' text format, or OpenMetrics where that is asked for. */
final class MetricsService implements HttpService {
    private static final MediaType TEXT = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");
    private static final MediaType OPEN_METRICS =
            MediaType.parse("application/openmetrics-text; version=1.0.0; charset=utf-8");

    private final Meters meters;

    MetricsService(Meters meters) {
        this.meters = meters;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
        String accept = request.headers().get(HttpHeaderNames.ACCEPT, "");
        MediaType type = accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        return HttpResponse.of(CompletableFuture.supplyAsync(
                () -> HttpResponse.of(HttpStatus.OK, type, meters.scrape(type.toString())),
                ctx.blockingTaskExecutor()));
    }
}
