package io.ppipe.zoo;

import java.util.HashMap;
import java.util.Map;

/** Names layers as the exporters of PyTorch do; the published layer lists have these names. */
sealed interface LayerNames {
    /**
     * Returns the next layer's name.
     *
     * @param module where it stands in the network, such as {@code /layer1/layer1.0/conv1}; may be ""
     */
    String next(String operator, String module);

    /** Takes note of nodes that the exporter had here and we don't need: constants, arithmetic on shapes. */
    void skip(int nodes);

    /** As older exporters do it: Conv_12 is a Conv and node 12 of the file. Where {@link #SCOPED} marks a module, it is used. */
    final class Numbered implements LayerNames {
        private final LayerNames scoped = new Scoped();
        private int number;

        Numbered(int first) {
            number = first;
        }

        @Override
        public String next(String operator, String module) {
            return module.startsWith(SCOPED) ? scoped.next(operator, module) : "%s_%d".formatted(operator, number++);
        }

        @Override
        public void skip(int nodes) {
            number += nodes;
        }
    }

    /** As newer exporters do it: /layer1/layer1.0/conv1/Conv, the second one of a module Conv_1. */
    final class Scoped implements LayerNames {
        private final Map<String, Integer> counts = new HashMap<>();

        @Override
        public String next(String operator, String module) {
            String name = module + "/" + operator;
            int before = counts.merge(name, 1, Integer::sum) - 1;
            return before == 0 ? name : name + "_" + before;
        }

        @Override
        public void skip(int nodes) {}
    }

    /** Begins modules that have names of their own among numbered layers, because published lists differ there. */
    String SCOPED = "/detections";
}
