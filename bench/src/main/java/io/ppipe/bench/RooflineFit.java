package io.ppipe.bench;

import io.ppipe.model.LatencyTable;
import io.ppipe.profile.KernelKind;
import io.ppipe.profile.estimate.GpuSheet;
import io.ppipe.profile.estimate.Rates;
import io.ppipe.profile.estimate.Roofline;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/*
 * Parameters are logarithms: for all GPUs an efficiency of each kind of kernel and the outputs that fill an SM by half; for
 * each GPU a factor on computing, one on memory, what a launch takes, and how much better or worse it is at each kind. All
 * are held near plausible values by a weak prior, so that kinds which few models have (depthwise, grouped) stay sensible.
 * Residuals are log(estimated ÷ measured) of blocks, and of the sums of blocks with double weight, under a soft-L1 loss: a few
 * blocks that no roofline explains must not bend the rest. Levenberg-Marquardt with numeric derivatives, reweighted
 * in each step, from the prior: no random numbers, so the same data give the same coefficients.
 */

/** Fits {@link Roofline}s to published block latencies on whole GPUs. */
final class RooflineFit {
    private static final List<Integer> BATCHES = List.of(1, 2, 4, 8);
    private static final double WHOLE_MODEL_WEIGHT = 2;

    /** Residuals beyond this count linearly. */
    private static final double SOFT = 0.3;

    private static final double PRIOR = 0.2;
    private static final double DEVIATION_PRIOR = 1;
    private static final int MOST_STEPS = 40;
    private static final double ENOUGH = 1e-6;
    private static final double DIFFERENCE = 1e-5;

    private static final List<KernelKind> KINDS =
            Arrays.stream(KernelKind.values()).filter(KernelKind::computes).toList();
    private static final int HALF = KINDS.size();
    private static final int SHARED = HALF + 1;
    private static final int COMPUTE = 0;
    private static final int MEMORY = 1;
    private static final int LAUNCH = 2;
    private static final int DEVIATION = 3;
    private static final int OF_EACH = DEVIATION + KINDS.size();

    private final List<GpuSheet> gpus;
    private final List<BlockKernels> models;
    private final double[] prior;

    private RooflineFit(List<GpuSheet> gpus, List<BlockKernels> models) {
        this.gpus = gpus;
        this.models = models;
        this.prior = prior(gpus.size());
    }

    /**
     * What was found.
     *
     * @param rates by GPU
     */
    record Fitted(double halfFilled, Map<String, Rates> rates) {
        Roofline roofline(GpuSheet gpu, String ratesOf) {
            Rates own = rates.get(ratesOf);
            if (own == null) {
                throw new IllegalArgumentException("%s was not fitted.".formatted(ratesOf));
            }
            return new Roofline(gpu, own, halfFilled);
        }
    }

    static Fitted of(List<GpuSheet> gpus, List<BlockKernels> models) {
        return new RooflineFit(gpus, models).fitted();
    }

    private static double[] prior(int gpus) {
        double[] prior = new double[SHARED + gpus * OF_EACH];
        var efficiency = new EnumMap<>(Map.of(
                KernelKind.POINTWISE, 0.6,
                KernelKind.SQUARE3, 0.9,
                KernelKind.SPATIAL, 0.9,
                KernelKind.GROUPED, 0.3,
                KernelKind.DEPTHWISE, 0.1,
                KernelKind.MATRIX, 0.5));
        for (int k = 0; k < KINDS.size(); k++) {
            prior[k] = Math.log(efficiency.getOrDefault(KINDS.get(k), 1.0));
        }
        prior[HALF] = Math.log(1_500);
        for (int g = 0; g < gpus; g++) {
            prior[SHARED + g * OF_EACH + COMPUTE] = Math.log(0.8);
            prior[SHARED + g * OF_EACH + MEMORY] = Math.log(0.8);
            prior[SHARED + g * OF_EACH + LAUNCH] = Math.log(3);
        }
        return prior;
    }

    private Fitted fitted() {
        double[] at = prior.clone();
        double[][] residuals = residuals(at);
        double loss = loss(residuals, at);
        double damping = 1e-3;
        for (int step = 0; step < MOST_STEPS; step++) {
            var equations = equations(at, residuals);
            boolean better = false;
            while (!better && damping < 1e6) {
                double[] tried = equations.moved(at, damping);
                double[][] there = residuals(tried);
                double newLoss = loss(there, tried);
                better = newLoss < loss;
                if (better) {
                    boolean done = loss - newLoss < ENOUGH * loss;
                    at = tried;
                    residuals = there;
                    loss = newLoss;
                    damping /= 5;
                    if (done) {
                        return fitted(at);
                    }
                } else {
                    damping *= 5;
                }
            }
            if (!better) {
                return fitted(at);
            }
        }
        return fitted(at);
    }

    private Fitted fitted(double[] at) {
        var rates = new LinkedHashMap<String, Rates>();
        for (int g = 0; g < gpus.size(); g++) {
            rates.put(gpus.get(g).name(), rates(at, g));
        }
        return new Fitted(Math.exp(at[HALF]), rates);
    }

    private static Rates rates(double[] at, int gpu) {
        int own = SHARED + gpu * OF_EACH;
        var efficiency = new EnumMap<KernelKind, Double>(KernelKind.class);
        for (int k = 0; k < KINDS.size(); k++) {
            efficiency.put(KINDS.get(k), Math.exp(at[k] + at[own + COMPUTE] + at[own + DEVIATION + k]));
        }
        return new Rates(efficiency, Math.exp(at[own + MEMORY]), Math.exp(at[own + LAUNCH]));
    }

    private double[][] residuals(double[] at) {
        return IntStream.range(0, gpus.size()).mapToObj(g -> residuals(at, g)).toArray(double[][]::new);
    }

    private double[] residuals(double[] at, int gpu) {
        var roofline = new Roofline(gpus.get(gpu), rates(at, gpu), Math.exp(at[HALF]));
        var residuals = DoubleStream.builder();
        for (BlockKernels model : models) {
            LatencyTable measured = model.measured(gpus.get(gpu).name());
            for (int batch : BATCHES) {
                double sum = 0;
                double measuredSum = 0;
                for (int block : model.known()) {
                    double micros = roofline.micros(model.kernels().get(block), batch, 1);
                    long published = measured.latencyMicros(block, block + 1, batch);
                    residuals.add(Math.log(micros / published));
                    sum += micros;
                    measuredSum += published;
                }
                residuals.add(WHOLE_MODEL_WEIGHT * Math.log(sum / measuredSum));
            }
        }
        return residuals.build().toArray();
    }

    private double loss(double[][] residuals, double[] at) {
        double loss = 0;
        for (double[] ofGpu : residuals) {
            for (double residual : ofGpu) {
                double ratio = residual / SOFT;
                loss += 2 * SOFT * SOFT * (Math.sqrt(1 + ratio * ratio) - 1);
            }
        }
        for (int p = 0; p < at.length; p++) {
            double off = priorWeight(p) * (at[p] - prior[p]);
            loss += off * off;
        }
        return loss;
    }

    private static double priorWeight(int parameter) {
        return parameter >= SHARED && (parameter - SHARED) % OF_EACH >= DEVIATION ? DEVIATION_PRIOR : PRIOR;
    }

    private NormalEquations equations(double[] at, double[][] residuals) {
        var equations = new NormalEquations(at.length);
        for (int g = 0; g < gpus.size(); g++) {
            int own = SHARED + g * OF_EACH;
            int[] moving = IntStream.concat(IntStream.range(0, SHARED), IntStream.range(own, own + OF_EACH))
                    .toArray();
            double[][] slopes = new double[moving.length][];
            for (int i = 0; i < moving.length; i++) {
                double[] moved = at.clone();
                moved[moving[i]] += DIFFERENCE;
                slopes[i] = residuals(moved, g);
                for (int r = 0; r < slopes[i].length; r++) {
                    slopes[i][r] = (slopes[i][r] - residuals[g][r]) / DIFFERENCE;
                }
            }
            for (int r = 0; r < residuals[g].length; r++) {
                double ratio = residuals[g][r] / SOFT;
                equations.add(moving, slopes, r, residuals[g][r], 1 / Math.sqrt(1 + ratio * ratio));
            }
        }
        for (int p = 0; p < at.length; p++) {
            double weight = priorWeight(p);
            equations.add(new int[] {p}, new double[][] {{weight}}, 0, weight * (at[p] - prior[p]), 1);
        }
        return equations;
    }
}
