package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.List;

/**
 * Backbone of bottleneck blocks: ResNet (He et al., CVPR 2016), ResNeXt (groups), Wide ResNet (wide 3×3 convolutions) and
 * their dilated forms for segmentation (Yu et al., CVPR 2017). Batch normalisation is folded into the convolutions.
 *
 * @param depths blocks of each stage
 * @param base channels of the first stage's outputs, divided by 4; doubles from stage to stage
 * @param width channels of the first stage's 3×3 convolutions; doubles from stage to stage
 * @param groups of the 3×3 convolutions
 * @param strides of each stage
 * @param dilations of each stage; the first block of a stage has half of it
 * @param stem how it begins
 * @param caffe strides are in the first convolution of a block, not in the 3×3 one
 */
record ResNet(
        List<Integer> depths,
        int base,
        int width,
        int groups,
        List<Integer> strides,
        List<Integer> dilations,
        Stem stem,
        boolean caffe) {
    private static final int EXPANSION = 4;

    enum Stem {
        /** One 7×7 convolution. */
        PLAIN,

        /** Three 3×3 convolutions, the first two half as wide: ResNet-C (He et al., CVPR 2019). */
        DEEP
    }

    /** 101 layers, as for 224×224 images. */
    static final ResNet R101 =
            new ResNet(List.of(3, 4, 23, 3), 64, 64, 1, List.of(1, 2, 2, 2), List.of(1, 1, 1, 1), Stem.PLAIN, false);

    ResNet depths(Integer... to) {
        return new ResNet(List.of(to), base, width, groups, strides, dilations, stem, caffe);
    }

    ResNet width(int to) {
        return new ResNet(depths, base, to, groups, strides, dilations, stem, caffe);
    }

    /** ResNeXt (Xie et al., CVPR 2017): {@code groups} groups of {@code perGroup} channels in the first stage. */
    ResNet groups(int to, int perGroup) {
        return new ResNet(depths, base, to * perGroup, to, strides, dilations, stem, caffe);
    }

    ResNet caffeStyle() {
        return new ResNet(depths, base, width, groups, strides, dilations, stem, true);
    }

    /** Outputs are smaller than the image by 8: as MMSegmentation's r…-d8. */
    ResNet dilatedBy8() {
        return new ResNet(depths, base, width, groups, List.of(1, 2, 1, 1), List.of(1, 1, 2, 4), Stem.DEEP, caffe);
    }

    /** By 16: as MMSegmentation's r…-d16. */
    ResNet dilatedBy16() {
        return new ResNet(depths, base, width, groups, List.of(1, 2, 2, 1), List.of(1, 1, 1, 2), Stem.DEEP, caffe);
    }

    /** One block for each stage and an eighth of the channels. */
    ResNet small() {
        return new ResNet(
                List.of(1, 1, 2, 1), base / 8, width / 8, Math.min(groups, 4), strides, dilations, stem, caffe);
    }

    /** Returns what each stage makes: {@code float[4 · base · 2^stage][height][width]}. */
    List<Value> build(Network net, Value image) {
        Value x = stem(net, image);
        var stages = new ArrayList<Value>();
        for (int stage = 0; stage < depths.size(); stage++) {
            for (int block = 0; block < depths.get(stage); block++) {
                x = block(net, x, stage, block);
            }
            stages.add(x);
        }
        return stages;
    }

    private Value stem(Network net, Value image) {
        Value x = image;
        net.at("/conv1");
        if (stem == Stem.PLAIN) {
            x = net.convolution(x, Conv.of(base, 7).stride(2));
        } else {
            x = net.relu(net.convolution(x, Conv.of(base / 2, 3).stride(2)));
            x = net.relu(net.convolution(x, Conv.of(base / 2, 3)));
            x = net.convolution(x, Conv.of(base, 3));
        }
        net.at("/relu");
        x = net.relu(x);
        net.at("/maxpool");
        return net.maxPool(x, 3, 2, 1);
    }

    private Value block(Network net, Value x, int stage, int block) {
        String module = "/layer%1$d/layer%1$d.%2$d".formatted(stage + 1, block);
        int stride = block == 0 ? strides.get(stage) : 1;
        int inner = width << stage;
        int outer = (EXPANSION * base) << stage;
        int dilation = block == 0 ? Math.max(1, dilations.get(stage) / 2) : dilations.get(stage);
        net.at(module + "/conv1");
        Value y = net.convolution(x, Conv.of(inner, 1).stride(caffe ? stride : 1));
        net.at(module + "/relu");
        y = net.relu(y);
        net.at(module + "/conv2");
        y = net.convolution(
                y,
                Conv.of(inner, 3).stride(caffe ? 1 : stride).dilation(dilation).groups(groups));
        net.at(module + "/relu");
        y = net.relu(y);
        net.at(module + "/conv3");
        y = net.convolution(y, Conv.of(outer, 1).gain(Conv.BRANCH));
        Value shortcut = x;
        if (block == 0) {
            net.at(module + "/downsample/downsample.0");
            shortcut = net.convolution(x, Conv.of(outer, 1).stride(stride).gain(Conv.LINEAR));
        }
        net.at(module);
        Value sum = net.add(y, shortcut);
        net.at(module + "/relu");
        return net.relu(sum);
    }
}
