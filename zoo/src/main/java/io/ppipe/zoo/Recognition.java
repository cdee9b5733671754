package io.ppipe.zoo;

import java.util.List;

/** Networks that tell what an image shows: {@code image} to {@code scores} float32[batch][classes]. */
final class Recognition {
    private static final int CLASSES = 1000;

    private Recognition() {}

    /** As torchvision's wide_resnet101_2 (Zagoruyko and Komodakis, BMVC 2016). */
    static void wideResNet(Network net, ResNet backbone, int height, int width) {
        Value x = backbone.build(net, net.input("image", 3, height, width)).getLast();
        net.at("/avgpool");
        x = net.globalAveragePool(x);
        net.at("");
        x = net.flatten(x);
        net.at("/fc");
        net.output("scores", net.dense(x, CLASSES));
    }

    /**
     * RepVGG (Ding et al., CVPR 2021) as it is deployed: the branches of a block are one 3×3 convolution.
     *
     * @param depths blocks of each stage behind the first convolution
     * @param widths channels of the first convolution and of each stage
     */
    static void repVgg(Network net, List<Integer> depths, List<Integer> widths, int size) {
        Value x = repVggBlock(net, net.input("image", 3, size, size), "/stage0", widths.getFirst(), 2);
        for (int stage = 1; stage <= depths.size(); stage++) {
            for (int block = 0; block < depths.get(stage - 1); block++) {
                String module = "/stage%1$d/stage%1$d.%2$d".formatted(stage, block);
                x = repVggBlock(net, x, module, widths.get(stage), block == 0 ? 2 : 1);
            }
        }
        net.at("/gap");
        x = net.globalAveragePool(x);
        net.at("");
        x = net.reshape(x, x.channels());
        net.at("/linear");
        net.output("scores", net.dense(x, CLASSES));
    }

    private static Value repVggBlock(Network net, Value x, String module, int filters, int stride) {
        net.at(module + "/rbr_reparam");
        Value y = net.convolution(x, Conv.of(filters, 3).stride(stride));
        net.at(module + "/nonlinearity");
        return net.relu(y);
    }
}
