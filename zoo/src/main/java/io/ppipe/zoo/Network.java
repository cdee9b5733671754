package io.ppipe.zoo;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Builds a CNN operator by operator: each method adds one layer, and returns what it makes. */
final class Network extends TensorOperators {
    /** Small, so that a softmax behind it stays undecided. */
    private static final double DENSE_GAIN = 0.01;

    private static final double BIAS = 0.05;

    Network(String name) {
        super(name);
    }

    Value convolution(Value x, Conv conv) {
        String name = nextName("Conv");
        return convolution(x, conv, name, name);
    }

    /** Shares its weights with all layers that are given the same name for them. */
    Value convolution(Value x, Conv conv, String weights) {
        return convolution(x, conv, nextName("Conv"), weights);
    }

    private Value convolution(Value x, Conv conv, String name, String weights) {
        int perGroup = grouped(x.channels(), conv);
        int fanIn = perGroup * conv.height() * conv.width();
        var shape = List.of(conv.filters(), perGroup, conv.height(), conv.width());
        return node(
                "Conv",
                name,
                List.of(
                        x.name(),
                        weight(Weight.ofGain(weights + ".weight", conv.gain(), fanIn, shape)),
                        bias(weights, conv.filters())),
                x.type(),
                List.of(conv.filters(), conv.outputHeight(x.height()), conv.outputWidth(x.width())),
                attributes("kernel_shape", conv.height(), conv.width()),
                attributes("strides", conv.stride(), conv.stride()),
                pads(conv.pads().height(), conv.pads().width()),
                attributes("dilations", conv.dilation(), conv.dilation()),
                attribute("group", conv.groups()));
    }

    private static int grouped(int channels, Conv conv) {
        if (channels % conv.groups() != 0 || conv.filters() % conv.groups() != 0) {
            throw new IllegalArgumentException("%d channels don't divide into groups as %s.".formatted(channels, conv));
        }
        return channels / conv.groups();
    }

    private String bias(String layer, int filters) {
        return weight(new Weight(layer + ".bias", List.of(filters), 0, BIAS, 0));
    }

    private static AttributeProto pads(int height, int width) {
        return attributes("pads", height, width, height, width);
    }

    /** A 4×4 transposed convolution that doubles height and width. */
    Value doubling(Value x, int filters) {
        String name = nextName("ConvTranspose");
        int fanIn = x.channels() * 4; // of the 4×4 products of each input, every output takes part in 2×2
        return node(
                "ConvTranspose",
                name,
                List.of(
                        x.name(),
                        weight(Weight.ofGain(name + ".weight", Conv.RELU, fanIn, List.of(x.channels(), filters, 4, 4))),
                        bias(name, filters)),
                x.type(),
                List.of(filters, 2 * x.height(), 2 * x.width()),
                attributes("kernel_shape", 4, 4),
                attributes("strides", 2, 2),
                pads(1, 1));
    }

    /** Batch normalisation that stands alone; behind a convolution it is part of that one's weights. */
    Value batchNormalisation(Value x) {
        String name = nextName("BatchNormalization");
        int channels = x.channels();
        return node(
                "BatchNormalization",
                name,
                List.of(
                        x.name(),
                        near(name + ".scale", 1, channels),
                        near(name + ".bias", 0, channels),
                        near(name + ".mean", 0, channels),
                        near(name + ".variance", 1, channels)),
                x.type(),
                x.shape());
    }

    /**
     * Group normalisation (Wu and He, ECCV 2018) as exporters without GroupNormalization write it: five layers.
     *
     * @param weights name of the scales and biases, which other layers may share
     * @param first the exporter spent more nodes on constants, which later layers share
     */
    Value groupNormalisation(Value x, int groups, String weights, boolean first) {
        skip(first ? 1 : 0);
        Value grouped = reshape(x, groups, x.size() / groups);
        skip(first ? 2 : 0);
        Value normal = node(
                "InstanceNormalization",
                List.of(
                        grouped.name(),
                        floats("ones_" + groups, List.of(groups), Collections.nCopies(groups, 1f)),
                        floats("zeros_" + groups, List.of(groups), Collections.nCopies(groups, 0f))),
                grouped.shape());
        skip(1);
        Value back = reshape(normal, x.shape().toArray(Integer[]::new));
        Value scaled = binary("Mul", back, near(weights + ".scale", 1, x.channels(), 1, 1));
        return binary("Add", scaled, near(weights + ".bias", 0, x.channels(), 1, 1));
    }

    /** Layer normalisation over an axis, as exporters without LayerNormalization write it: nine layers. */
    Value layerNormalisation(Value x, int axis, List<Integer> parameters) {
        Value centred = subtract(x, reduceMean(x, true, axis));
        skip(1);
        Value squared = binary("Pow", centred, scalar(2));
        Value variance = reduceMean(squared, true, axis);
        skip(1);
        Value deviation = elementwise("Sqrt", binary("Add", variance, scalar(1e-6)));
        Value normal = binary("Div", centred, deviation);
        Integer[] shape = parameters.toArray(Integer[]::new);
        Value scaled = binary("Mul", normal, near(normal.name() + ".scale", 1, shape));
        return binary("Add", scaled, near(normal.name() + ".bias", 0, shape));
    }

    Value maxPool(Value x, int size, int stride, int pad) {
        return pool("MaxPool", x, Conv.of(x.channels(), size), stride, pad, attributes("dilations", 1, 1));
    }

    Value averagePool(Value x, int size, int stride, int pad) {
        return pool("AveragePool", x, Conv.of(x.channels(), size), stride, pad, attribute("count_include_pad", 1));
    }

    private Value pool(String operator, Value x, Conv like, int stride, int pad, AttributeProto attribute) {
        var window =
                new Conv(x.channels(), like.height(), like.width(), stride, new Conv.Pads(pad, pad), 1, 1, Conv.LINEAR);
        return node(
                operator,
                List.of(x.name()),
                List.of(x.channels(), window.outputHeight(x.height()), window.outputWidth(x.width())),
                attributes("kernel_shape", window.height(), window.width()),
                attributes("strides", stride, stride),
                pads(pad, pad),
                attribute);
    }

    /** Averages into {@code cells × cells} windows of one size; they overlap where the size doesn't divide. */
    Value averageInto(Value x, int cells) {
        if (cells == 1) {
            return globalAveragePool(x);
        }
        int down = x.height() / cells;
        int right = x.width() / cells;
        return node(
                "AveragePool",
                List.of(x.name()),
                List.of(x.channels(), cells, cells),
                attributes("kernel_shape", x.height() - (cells - 1) * down, x.width() - (cells - 1) * right),
                attributes("strides", down, right));
    }

    Value globalAveragePool(Value x) {
        return node("GlobalAveragePool", List.of(x.name()), List.of(x.channels(), 1, 1));
    }

    /** Zeros around images. */
    Value pad(Value x, int top, int left, int bottom, int right) {
        return node(
                "Pad",
                List.of(x.name(), integers(0, 0, top, left, 0, 0, bottom, right)),
                List.of(x.channels(), x.height() + top + bottom, x.width() + left + right));
    }

    /** @param mode "linear" or "nearest" */
    Value resize(Value x, int height, int width, String mode) {
        float down = (float) height / x.height();
        float right = (float) width / x.width();
        boolean linear = mode.equals("linear");
        return node(
                "Resize",
                List.of(
                        x.name(),
                        "",
                        floats("scales_%s_%s".formatted(down, right), List.of(4), List.of(1f, 1f, down, right))),
                List.of(x.channels(), height, width),
                attribute("mode", mode),
                attribute("coordinate_transformation_mode", linear ? "pytorch_half_pixel" : "asymmetric"),
                attribute("nearest_mode", "floor"));
    }

    /** A fully connected layer at the end: {@code [features]} to {@code [classes]}. */
    Value dense(Value x, int classes) {
        return dense(x, classes, DENSE_GAIN);
    }

    Value dense(Value x, int classes, double gain) {
        String name = nextName("Gemm");
        int features = x.dimension(0);
        return node(
                "Gemm",
                name,
                List.of(
                        x.name(),
                        weight(Weight.ofGain(name + ".weight", gain, features, List.of(classes, features))),
                        bias(name, classes)),
                x.type(),
                List.of(classes),
                attribute("transB", 1));
    }

    /** A fully connected layer over the last dimension: two layers. */
    Value linear(Value x, int features, double gain) {
        String name = nextName("MatMul");
        int from = x.dimension(-1);
        var shape = new ArrayList<>(x.shape());
        shape.set(shape.size() - 1, features);
        String weights = weight(Weight.ofGain(name + ".weight", gain, from, List.of(from, features)));
        Value product = node("MatMul", name, List.of(x.name(), weights), x.type(), shape);
        return binary("Add", product, bias(name, features));
    }
}
