package io.ppipe.cli;

import io.ppipe.model.Cluster;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Vgpu;

/** What the servers, vGPUs and links of a cluster are called in timelines. */
final class Places {
    private final Cluster cluster;

    Places(Cluster cluster) {
        this.cluster = cluster;
    }

    int serverOf(Vgpu vgpu) {
        return cluster.serverOf(cluster.classIndex(vgpu.gpuClass()), vgpu.gpu());
    }

    String server(int server) {
        int before = 0;
        for (GpuClass gpuClass : cluster.classes()) {
            if (server < before + gpuClass.serverCount()) {
                return "server %d, %s".formatted(server, Labels.gpuClass(gpuClass));
            }
            before += gpuClass.serverCount();
        }
        throw new IllegalArgumentException("The cluster has no server %d.".formatted(server));
    }

    /** Returns class, number of the GPU in it, and the slot on a GPU that is shared. */
    static String vgpu(Vgpu vgpu) {
        return vgpu.sharesPerGpu() == 1
                ? "%s %d".formatted(vgpu.gpuClass(), vgpu.gpu())
                : "%s %d.%d".formatted(vgpu.gpuClass(), vgpu.gpu(), vgpu.slot());
    }
}
