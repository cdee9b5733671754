package io.ppipe.zoo;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Nearest;
import io.ppipe.zoo.FeaturePyramid.Coarse;
import io.ppipe.zoo.ZooModel.Architectures;
import java.util.List;
import java.util.Locale;

/** The 18 CNNs that PPipe (USENIX ATC '25) was evaluated with. */
public final class Zoo {

    private static final String WITHOUT_NMS = "boxes and scores, without non-maximum suppression";

    private Zoo() {}

    private static final List<ZooModel> MODELS = List.of(
            segmentation(
                    "apcnet_r101-d8",
                    "apcnet_r101-d8_4xb2-40k_cityscapes-512x1024",
                    (net, size, x) ->
                            size.head().adaptivePyramid(net, x, size.small() ? List.of(1, 2) : List.of(1, 2, 3, 6)),
                    1),
            detection(
                    "atss_r101",
                    "atss_r101_fpn_1x_coco",
                    new Detector(ResNet.R101, Coarse.OUTPUT, DenseHead.Kind.ATSS, 2)),
            detection(
                    "centernet-update_r50-caffe",
                    "centernet-update_r50-caffe_fpn_ms-1x_coco",
                    new Detector(
                            ResNet.R101.depths(3, 4, 6, 3).caffeStyle(),
                            Coarse.OUTPUT_RELU,
                            DenseHead.Kind.CENTERNET,
                            1)),
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
            detection(
                    "fsaf_r101",
                    "fsaf_r101_fpn_1x_coco",
                    new Detector(ResNet.R101, Coarse.INPUT, DenseHead.Kind.FSAF, 0)),
            segmentation(
                    "gcnet_r101-d8",
                    "gcnet_r101-d8_4xb2-40k_cityscapes-512x1024",
                    (net, size, x) -> size.head().globalContext(net, x),
                    0),
            detection(
                    "gfl_x101-32x4d",
                    "gfl_x101-32x4d_fpn_ms-2x_coco",
                    new Detector(ResNet.R101.groups(32, 4), Coarse.OUTPUT, DenseHead.Kind.GFL, 0)),
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
            new ZooModel(
                    "rtmdet_x",
                    "MMDetection: rtmdet_x_8xb32-300e_coco",
                    "detection",
                    WITHOUT_NMS,
                    new Architectures(
                            new RtmDet(new CspNext(160, List.of(4, 8, 8, 4), 4), 640),
                            new RtmDet(new CspNext(16, List.of(1, 2, 1, 1), 1), 64))),
            new ZooModel(
                    "tf_efficientdet_d1",
                    "timm's effdet: tf_efficientdet_d1",
                    "detection",
                    WITHOUT_NMS,
                    new Architectures(
                            new EfficientDet(EfficientNet.B1, 88, 4, 3, 640),
                            new EfficientDet(EfficientNet.SMALL, 8, 1, 1, 64))),
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
     * @throws BadInputException when there is none of that name; says which may have been meant
     */
    public static ZooModel named(String name) {
        return MODELS.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(name));
    }

    private static BadInputException unknown(String name) {
        List<String> names = MODELS.stream().map(ZooModel::name).toList();
        String typed = name.toLowerCase(Locale.ROOT);
        String hint = Nearest.to(name, names)
                .or(() -> names.stream()
                        .filter(known -> !typed.isBlank() && known.startsWith(typed))
                        .findFirst())
                .map(" Maybe '%s'?"::formatted)
                .orElse("");
        return new BadInputException(
                "There is no model '%s' in the zoo.%s It has: %s.".formatted(name, hint, String.join(", ", names)));
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

    private record Detector(ResNet backbone, Coarse coarse, DenseHead.Kind head, int firstNumber) {
        void build(Network net, boolean small) {
            net.names(new LayerNames.Numbered(firstNumber));
            int size = small ? 64 : 640;
            int channels = small ? 16 : 256;
            Value image = net.input("image", 3, size, size);
            List<Value> stages = (small ? backbone.small() : backbone).build(net, image);
            List<Value> pyramid = new FeaturePyramid(channels, coarse).build(net, stages);
            List<DenseHead.Level> levels = new DenseHead(head, channels, small ? 1 : 4).build(net, pyramid);
            new Detections(small ? 20 : 1000, size).build(net, head, levels);
        }
    }

    private static ZooModel detection(String name, String published, Detector detector) {
        return new ZooModel(
                name,
                "MMDetection: " + published,
                "detection",
                WITHOUT_NMS,
                new Architectures(net -> detector.build(net, false), net -> detector.build(net, true)));
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
