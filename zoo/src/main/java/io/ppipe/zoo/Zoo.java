package io.ppipe.zoo;

import io.ppipe.model.BadInputException;
import io.ppipe.zoo.ZooModel.Architectures;
import java.util.List;
import java.util.stream.Collectors;

/** The 18 CNNs that PPipe (USENIX ATC '25) was evaluated with, as far as they can be generated. */
public final class Zoo {

    private Zoo() {}

    private static final List<ZooModel> MODELS = List.of(
            segmentation(
                    "apcnet_r101-d8",
                    "apcnet_r101-d8_4xb2-40k_cityscapes-512x1024",
                    (net, size, x) ->
                            size.head().adaptivePyramid(net, x, size.small() ? List.of(1, 2) : List.of(1, 2, 3, 6)),
                    1),
            recognition(
                    "colorization-v2",
                    "Open Model Zoo: colorization-v2",
                    "colorization",
                    new Colorization(64, 313, 512),
                    new Colorization(4, 13, 32)),
            recognition(
                    "convnext_large",
                    "torchvision: convnext_large",
                    "recognition",
                    new ConvNext(List.of(3, 3, 27, 3), 192, 128, 448),
                    new ConvNext(List.of(1, 1, 2, 1), 8, 32, 64)),
            segmentation(
                    "dnl_r101-d8",
                    "dnl_r101-d8_4xb2-40k_cityscapes-512x1024",
                    (net, size, x) -> size.head().disentangled(net, x),
                    0),
            recognition(
                    "efficientnet-b8",
                    "MMPretrain: efficientnet-b8_3rdparty_8xb32-aa-advprop_in1k",
                    "recognition",
                    net -> efficientNet(net, EfficientNet.B8, 672, 2816),
                    net -> efficientNet(net, EfficientNet.SMALL, 48, 64)),
            segmentation(
                    "encnet_r101-d8",
                    "encnet_r101-d8_4xb2-40k_cityscapes-512x1024",
                    (net, size, x) -> size.head().encoding(net, x, size.small() ? 4 : 32),
                    0),
            segmentation16(
                    "fcn-d6_r101-d16",
                    "fcn-d6_r101-d16_4xb2-40k_cityscapes-512x1024",
                    (net, size, x) -> size.head().fcn(net, x, 6)),
            segmentation(
                    "gcnet_r101-d8",
                    "gcnet_r101-d8_4xb2-40k_cityscapes-512x1024",
                    (net, size, x) -> size.head().globalContext(net, x),
                    0),
            recognition(
                    "googlenet-v3",
                    "Open Model Zoo: googlenet-v3-pytorch",
                    "recognition",
                    new Inception(1, 598),
                    new Inception(8, 107)),
            segmentation(
                    "nonlocal_r101-d8",
                    "nonlocal_r101-d8_4xb2-40k_cityscapes-512x1024",
                    (net, size, x) -> size.head().nonLocal(net, x),
                    0),
            recognition(
                    "repvgg-b3",
                    "RepVGG-B3, as deployed",
                    "recognition",
                    net -> Recognition.repVgg(net, List.of(4, 6, 16, 1), List.of(64, 192, 384, 768, 2560), 448),
                    net -> Recognition.repVgg(net, List.of(1, 2, 2, 1), List.of(8, 8, 16, 24, 32), 64)),
            recognition(
                    "wide_resnet101_2",
                    "torchvision: wide_resnet101_2",
                    "recognition",
                    net -> Recognition.wideResNet(net, ResNet.R101.width(128), 518, 518),
                    net -> Recognition.wideResNet(net, ResNet.R101.width(128).small(), 64, 64)));

    /** Returns the models that can be generated, by name. */
    public static List<ZooModel> models() {
        return MODELS;
    }

    /**
     * Returns a model.
     *
     * @throws BadInputException when there is none of that name
     */
    public static ZooModel named(String name) {
        return MODELS.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BadInputException("There is no model '%s' in the zoo. It has: %s."
                        .formatted(name, MODELS.stream().map(ZooModel::name).collect(Collectors.joining(", ")))));
    }

    private static ZooModel recognition(
            String name, String published, String task, Architecture full, Architecture small) {
        return new ZooModel(name, published, task, "", new Architectures(full, small));
    }

    private static void efficientNet(Network net, EfficientNet backbone, int size, int features) {
        net.names(new LayerNames.Numbered(0));
        backbone.classify(
                net, backbone.build(net, net.input("image", 3, size, size)).getLast(), features);
    }

    private record Size(boolean small, SegmentationHead head) {}

    @FunctionalInterface
    private interface Head {
        void build(Network net, Size size, Value features);
    }

    private static ZooModel segmentation(String name, String published, Head head, int firstNumber) {
        return segmentation(name, published, ResNet.R101.dilatedBy8(), head, firstNumber);
    }

    private static ZooModel segmentation16(String name, String published, Head head) {
        return segmentation(name, published, ResNet.R101.dilatedBy16(), head, 0);
    }

    private static ZooModel segmentation(String name, String published, ResNet backbone, Head head, int firstNumber) {
        return new ZooModel(
                name,
                "MMSegmentation: " + published,
                "segmentation",
                "",
                new Architectures(
                        net -> segment(
                                net, backbone, head, new Size(false, new SegmentationHead(512, 256, 512)), firstNumber),
                        net -> segment(
                                net,
                                backbone.small(),
                                head,
                                new Size(true, new SegmentationHead(16, 32, 64)),
                                firstNumber)));
    }

    private static void segment(Network net, ResNet backbone, Head head, Size size, int firstNumber) {
        net.names(new LayerNames.Numbered(firstNumber));
        Value image = net.input("image", 3, size.head().height(), size.head().width());
        head.build(net, size, backbone.build(net, image).getLast());
    }
}
