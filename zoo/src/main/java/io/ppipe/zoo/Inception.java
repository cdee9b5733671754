package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.List;

/**
 * Inception v3 (Szegedy et al., CVPR 2016) as torchvision has it, without the auxiliary classifier: {@code image} to {@code
 * scores} float32[batch][1000].
 *
 * @param divisor all widths are divided by it; 1 is the original
 */
record Inception(int divisor, int size) implements Architecture {
    private static final int CLASSES = 1000;

    @Override
    public void build(Network net) {
        Value x = net.input("image", 3, size, size);
        x = convolution(net, x, "/Conv2d_1a_3x3", Conv.of(32, 3).stride(2).unpadded());
        x = convolution(net, x, "/Conv2d_2a_3x3", Conv.of(32, 3).unpadded());
        x = convolution(net, x, "/Conv2d_2b_3x3", Conv.of(64, 3));
        net.at("/maxpool1");
        x = net.maxPool(x, 3, 2, 0);
        x = convolution(net, x, "/Conv2d_3b_1x1", Conv.of(80, 1));
        x = convolution(net, x, "/Conv2d_4a_3x3", Conv.of(192, 3).unpadded());
        net.at("/maxpool2");
        x = net.maxPool(x, 3, 2, 0);
        x = mixed35(net, x, "/Mixed_5b", 32);
        x = mixed35(net, x, "/Mixed_5c", 64);
        x = mixed35(net, x, "/Mixed_5d", 64);
        x = reduceTo17(net, x);
        x = mixed17(net, x, "/Mixed_6b", 128);
        x = mixed17(net, x, "/Mixed_6c", 160);
        x = mixed17(net, x, "/Mixed_6d", 160);
        x = mixed17(net, x, "/Mixed_6e", 192);
        x = reduceTo8(net, x);
        x = mixed8(net, x, "/Mixed_7b");
        x = mixed8(net, x, "/Mixed_7c");
        net.at("/avgpool");
        x = net.globalAveragePool(x);
        net.at("");
        x = net.flatten(x);
        net.at("/fc");
        net.output("scores", net.dense(x, CLASSES));
    }

    private Value convolution(Network net, Value x, String module, Conv conv) {
        net.at(module + "/conv");
        Value y = net.convolution(
                x,
                new Conv(
                        conv.filters() / divisor,
                        conv.height(),
                        conv.width(),
                        conv.stride(),
                        conv.pads(),
                        conv.dilation(),
                        conv.groups(),
                        conv.gain()));
        net.at(module);
        return net.relu(y);
    }

    /** Figure 5 of the paper. The names of the modules are the image sizes of the original, 299×299. */
    private Value mixed35(Network net, Value x, String module, int pooled) {
        var parts = new ArrayList<Value>();
        parts.add(convolution(net, x, module + "/branch1x1", Conv.of(64, 1)));
        Value five = convolution(net, x, module + "/branch5x5_1", Conv.of(48, 1));
        parts.add(convolution(net, five, module + "/branch5x5_2", Conv.of(64, 5)));
        parts.add(doubled3x3(net, x, module, 1));
        parts.add(pooled(net, x, module, pooled));
        return joined(net, module, parts);
    }

    private Value doubled3x3(Network net, Value x, String module, int stride) {
        Value y = convolution(net, x, module + "/branch3x3dbl_1", Conv.of(64, 1));
        y = convolution(net, y, module + "/branch3x3dbl_2", Conv.of(96, 3));
        Conv last = Conv.of(96, 3).stride(stride);
        return convolution(net, y, module + "/branch3x3dbl_3", stride == 1 ? last : last.unpadded());
    }

    private Value pooled(Network net, Value x, String module, int filters) {
        net.at(module);
        return convolution(net, net.averagePool(x, 3, 1, 1), module + "/branch_pool", Conv.of(filters, 1));
    }

    private static Value joined(Network net, String module, List<Value> parts) {
        net.at(module);
        return net.concat(1, parts);
    }

    private Value reduceTo17(Network net, Value x) {
        String module = "/Mixed_6a";
        Value three = convolution(
                net, x, module + "/branch3x3", Conv.of(384, 3).stride(2).unpadded());
        Value doubled = doubled3x3(net, x, module, 2);
        net.at(module);
        return joined(net, module, List.of(three, doubled, net.maxPool(x, 3, 2, 0)));
    }

    /** Figure 6 of the paper: 7×7 as 1×7 and 7×1. */
    private Value mixed17(Network net, Value x, String module, int inner) {
        var parts = new ArrayList<Value>();
        parts.add(convolution(net, x, module + "/branch1x1", Conv.of(192, 1)));
        Value y = convolution(net, x, module + "/branch7x7_1", Conv.of(inner, 1));
        y = convolution(net, y, module + "/branch7x7_2", Conv.of(inner, 1, 7));
        parts.add(convolution(net, y, module + "/branch7x7_3", Conv.of(192, 7, 1)));
        y = convolution(net, x, module + "/branch7x7dbl_1", Conv.of(inner, 1));
        y = convolution(net, y, module + "/branch7x7dbl_2", Conv.of(inner, 7, 1));
        y = convolution(net, y, module + "/branch7x7dbl_3", Conv.of(inner, 1, 7));
        y = convolution(net, y, module + "/branch7x7dbl_4", Conv.of(inner, 7, 1));
        parts.add(convolution(net, y, module + "/branch7x7dbl_5", Conv.of(192, 1, 7)));
        parts.add(pooled(net, x, module, 192));
        return joined(net, module, parts);
    }

    private Value reduceTo8(Network net, Value x) {
        String module = "/Mixed_7a";
        Value three = convolution(net, x, module + "/branch3x3_1", Conv.of(192, 1));
        three = convolution(
                net, three, module + "/branch3x3_2", Conv.of(320, 3).stride(2).unpadded());
        Value seven = convolution(net, x, module + "/branch7x7x3_1", Conv.of(192, 1));
        seven = convolution(net, seven, module + "/branch7x7x3_2", Conv.of(192, 1, 7));
        seven = convolution(net, seven, module + "/branch7x7x3_3", Conv.of(192, 7, 1));
        seven = convolution(
                net, seven, module + "/branch7x7x3_4", Conv.of(192, 3).stride(2).unpadded());
        net.at(module);
        return joined(net, module, List.of(three, seven, net.maxPool(x, 3, 2, 0)));
    }

    /** Figure 7 of the paper. */
    private Value mixed8(Network net, Value x, String module) {
        var parts = new ArrayList<Value>();
        parts.add(convolution(net, x, module + "/branch1x1", Conv.of(320, 1)));
        Value y = convolution(net, x, module + "/branch3x3_1", Conv.of(384, 1));
        parts.addAll(split(net, y, module, "/branch3x3_2"));
        y = convolution(net, x, module + "/branch3x3dbl_1", Conv.of(448, 1));
        y = convolution(net, y, module + "/branch3x3dbl_2", Conv.of(384, 3));
        parts.addAll(split(net, y, module, "/branch3x3dbl_3"));
        parts.add(pooled(net, x, module, 192));
        return joined(net, module, parts);
    }

    private List<Value> split(Network net, Value x, String module, String branch) {
        return List.of(
                convolution(net, x, module + branch + "a", Conv.of(384, 1, 3)),
                convolution(net, x, module + branch + "b", Conv.of(384, 3, 1)));
    }
}
