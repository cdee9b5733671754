package io.ppipe.serve.front;

import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Collects the body of a request up to a limit. Of one that is larger nothing is kept, but it is read on for a moment:
 * answered in the middle of sending, many clients see a broken connection in place of the answer.
 */
final class Body implements Subscriber<HttpObject> {
    private static final long READ_ON_MILLIS = 300;

    private final ServiceRequestContext ctx;
    private final long maxBytes;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final List<HttpData> parts = new ArrayList<>();
    private long bytes;
    private boolean tooLarge;

    private Body(ServiceRequestContext ctx, long maxBytes) {
        this.ctx = ctx;
        this.maxBytes = maxBytes;
    }

    /** The future fails with {@link ContentTooLargeException} when the body is larger than the limit, or says so. */
    static CompletableFuture<byte[]> of(ServiceRequestContext ctx, HttpRequest request, long maxBytes) {
        var body = new Body(ctx, maxBytes);
        if (request.headers().contentLength() > maxBytes) {
            body.refuse();
        }
        request.subscribe(body, ctx.eventLoop());
        return body.whole;
    }

    private void refuse() {
        tooLarge = true;
        parts.clear();
        var _ = ctx.eventLoop().schedule(this::failTooLarge, READ_ON_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void failTooLarge() {
        whole.completeExceptionally(ContentTooLargeException.get());
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(HttpObject part) {
        if (!(part instanceof HttpData data) || tooLarge) {
            return;
        }
        bytes += data.length();
        if (bytes > maxBytes) {
            refuse();
        } else {
            parts.add(data);
        }
    }

    @Override
    public void onComplete() {
        if (tooLarge) {
            failTooLarge();
        } else {
            whole.complete(joined());
        }
    }

    private byte[] joined() {
        var joined = new byte[Math.toIntExact(bytes)];
        int at = 0;
        for (HttpData part : parts) {
            System.arraycopy(part.array(), 0, joined, at, part.length());
            at += part.length();
        }
        return joined;
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }
}
