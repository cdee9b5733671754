package io.ppipe.serve.front;

import java.util.concurrent.ConcurrentHashMap;

/** Bounds how many requests one client has under way, so that none takes the whole server. Keeps nothing of idle clients. */
final class ClientLimit {
    private final int most;
    private final ConcurrentHashMap<String, Integer> underWay = new ConcurrentHashMap<>();

    /** @param most requests under way for each client */
    ClientLimit(int most) {
        this.most = most;
    }

    int most() {
        return most;
    }

    /** Returns whether one more is allowed; if so, {@link #end} must follow. */
    boolean begin(String client) {
        boolean[] allowed = new boolean[1];
        underWay.compute(client, (_, count) -> {
            int now = count == null ? 0 : count;
            allowed[0] = now < most;
            return allowed[0] ? Integer.valueOf(now + 1) : count;
        });
        return allowed[0];
    }

    void end(String client) {
        underWay.compute(client, (_, count) -> count == null || count == 1 ? null : count - 1);
    }

    /** Returns how many clients have requests under way. */
    int clients() {
        return underWay.size();
    }
}
