package io.ppipe.bench;

/** Weighted least squares: what a step of Gauss and Newton solves. */
final class NormalEquations {
    private final double[][] matrix;
    private final double[] gradient;

    NormalEquations(int parameters) {
        matrix = new double[parameters][parameters];
        gradient = new double[parameters];
    }

    /**
     * Adds a residual.
     *
     * @param parameters those it depends on, ascending
     * @param slopes its derivatives: {@code [parameter][row]}
     */
    void add(int[] parameters, double[][] slopes, int row, double residual, double weight) {
        for (int i = 0; i < parameters.length; i++) {
            double slope = weight * slopes[i][row];
            gradient[parameters[i]] += slope * residual;
            for (int j = 0; j <= i; j++) {
                matrix[parameters[i]][parameters[j]] += slope * slopes[j][row];
            }
        }
    }

    /** Returns the parameters after one damped step (Levenberg, Marquardt), by Cholesky's decomposition. */
    double[] moved(double[] from, double damping) {
        int n = from.length;
        double[][] lower = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i][j] * (i == j ? 1 + damping : 1);
                for (int k = 0; k < j; k++) {
                    sum -= lower[i][k] * lower[j][k];
                }
                lower[i][j] = i == j ? Math.sqrt(sum) : sum / lower[j][j];
            }
        }
        double[] step = new double[n];
        for (int i = 0; i < n; i++) {
            double sum = -gradient[i];
            for (int k = 0; k < i; k++) {
                sum -= lower[i][k] * step[k];
            }
            step[i] = sum / lower[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            double sum = step[i];
            for (int k = i + 1; k < n; k++) {
                sum -= lower[k][i] * step[k];
            }
            step[i] = sum / lower[i][i];
        }
        for (int i = 0; i < n; i++) {
            step[i] += from[i];
        }
        return step;
    }
}
