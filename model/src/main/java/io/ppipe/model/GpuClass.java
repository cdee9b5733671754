package io.ppipe.model;

import java.util.List;

/**
 * GPUs with the same profile, e.g. all L4, and the servers that hold them. A server holds GPUs of one class.
 *
 * @param count GPUs in the cluster; at least 1
 * @param gpusPerServer GPUs that share one server and its NIC; the last server may hold fewer
 * @param memoryBytes memory of one GPU
 * @param shares allowed numbers of equal vGPUs on one GPU (1 = not shared), ascending and distinct
 * @param sharing whether vGPUs of different sizes may stand on one GPU
 * @param nicBitsPerSecond bandwidth of a server's NIC in each direction
 */
public record GpuClass(
        String name,
        int count,
        int gpusPerServer,
        long memoryBytes,
        List<Integer> shares,
        Sharing sharing,
        double nicBitsPerSecond,
        Price price,
        Executor executor) {
    public GpuClass {
        Checks.named("A GPU class", name);
        Checks.atLeast("GPU class " + name + ": count", count, 1);
        Checks.atLeast("GPU class " + name + ": gpus_per_server", gpusPerServer, 1);
        Checks.atLeast("GPU class " + name + ": memory_bytes", memoryBytes, 1);
        Checks.positive("GPU class " + name + ": nic_gbps", nicBitsPerSecond);
        shares = List.copyOf(shares);
        if (shares.isEmpty()) {
            throw new IllegalArgumentException(
                    "GPU class %s: shares must name at least one number. Maybe [1].".formatted(name));
        }
        int before = 0;
        for (int share : shares) {
            if (share <= before) {
                throw new IllegalArgumentException(
                        "GPU class %s: shares %s must be at least 1, ascending and distinct.".formatted(name, shares));
            }
            before = share;
        }
    }

    /** Returns how many servers hold this class. */
    public int serverCount() {
        return Math.ceilDiv(count, gpusPerServer);
    }

    /** Returns whether this class is emulated on the CPU. */
    public boolean emulated() {
        return executor instanceof Executor.Emulated;
    }

    /** Returns the same class with another number of GPUs. */
    public GpuClass withCount(int other) {
        return new GpuClass(
                name, other, gpusPerServer, memoryBytes, shares, sharing, nicBitsPerSecond, price, executor);
    }

    /** Returns the same class at another price. */
    public GpuClass withPrice(Price other) {
        return new GpuClass(
                name, count, gpusPerServer, memoryBytes, shares, sharing, nicBitsPerSecond, other, executor);
    }

    /** Returns the same class with another sharing. */
    public GpuClass withSharing(Sharing other) {
        return new GpuClass(name, count, gpusPerServer, memoryBytes, shares, other, nicBitsPerSecond, price, executor);
    }

    GpuClass scaled(double timeScale) {
        return new GpuClass(
                name,
                count,
                gpusPerServer,
                memoryBytes,
                shares,
                sharing,
                nicBitsPerSecond / timeScale,
                price,
                executor);
    }
}
