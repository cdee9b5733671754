package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServerBuilder;
import io.ppipe.model.BadInputException;
import java.util.List;

/** System shared memory over REST: status, register, unregister. */
final class RestSharedMemory {
    private static final String ALL = "/v2/systemsharedmemory";
    private static final String ONE = ALL + "/region/{region}";

    private final Extensions extensions;
    private final SmallBody small;

    RestSharedMemory(Extensions extensions, SmallBody small) {
        this.extensions = extensions;
        this.small = small;
    }

    void addTo(ServerBuilder server) {
        server.route()
                .get(ALL + "/status")
                .build((ctx, request) -> small.answer(
                        ctx, request, body -> status(extensions.memory().regions())));
        server.route().get(ONE + "/status").build((ctx, request) -> {
            String region = RestService.param(ctx, "region");
            return small.answer(
                    ctx, request, body -> status(List.of(extensions.memory().region(region))));
        });
        server.route().post(ONE + "/register").build((ctx, request) -> {
            String region = RestService.param(ctx, "region");
            return small.answer(ctx, request, body -> register(region, body));
        });
        server.route()
                .post(ALL + "/unregister")
                .build((ctx, request) -> small.answer(ctx, request, body -> {
                    extensions.memory().unregisterAll();
                    return Json.answer(json -> {});
                }));
        server.route().post(ONE + "/unregister").build((ctx, request) -> {
            String region = RestService.param(ctx, "region");
            return small.answer(ctx, request, body -> {
                extensions.memory().unregister(region);
                return Json.answer(json -> {});
            });
        });
    }

    private HttpResponse register(String region, JsonFields body) {
        SharedMemory memory = extensions.memory();
        String key = body.string("key").orElseThrow(() -> new BadInputException("key is missing."));
        long byteSize = body.integer("byte_size").orElseThrow(() -> new BadInputException("byte_size is missing."));
        memory.register(region, key, body.integer("offset").orElse(0), byteSize);
        return Json.answer(json -> {});
    }

    private static HttpResponse status(List<SharedMemory.Status> regions) {
        return Json.array(json -> {
            for (SharedMemory.Status region : regions) {
                json.writeStartObject();
                json.writeStringProperty("name", region.name());
                json.writeStringProperty("key", region.key());
                json.writeNumberProperty("offset", region.offset());
                json.writeNumberProperty("byte_size", region.byteSize());
                json.writeEndObject();
            }
        });
    }
}
