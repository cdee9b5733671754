package io.ppipe.evaluate;

/**
 * How exactly the highest load is looked for. Requests are those of the model with the fewest, so that every model is judged
 * on enough of them.
 *
 * @param tolerance the search ends when the highest load is known to this part of itself
 * @param fewestRequests no load is judged on fewer requests
 * @param mostRequests a load that is still undecided after so many is judged by what was attained
 * @param deviations a load is decided when its attainment lies so many standard errors above or below the target: 2.6 for a
 *     confidence of 99 % (two-sided, normal)
 */
public record Precision(double tolerance, int fewestRequests, int mostRequests, double deviations) {
    /** To a fifth of a per cent, on 3 000 to 30 000 requests of each model, with a confidence of 99 %. */
    public static final Precision DEFAULT = new Precision(0.002, 3_000, 30_000, 2.6);

    /**
     * For comparing plans by their worst model: runs of up to 120 000 requests. The least of several models' highest loads is
     * lower the less exactly each is known.
     */
    public static final Precision FINE = new Precision(0.001, 3_000, 120_000, 2.6);

    /** For comparing candidates: to half a per cent, on 2 500 to 10 000 requests, with a confidence of 95 %. */
    public static final Precision ROUGH = new Precision(0.005, 2_500, 10_000, 2.0);

    public Precision {
        if (!(tolerance > 0 && tolerance < 1)) {
            throw new IllegalArgumentException("Tolerance (%s) must be in (0, 1).".formatted(tolerance));
        }
        if (fewestRequests < 1 || mostRequests < fewestRequests) {
            throw new IllegalArgumentException("Requests must be at least 1 and at most the most: %d to %d."
                    .formatted(fewestRequests, mostRequests));
        }
        if (!(deviations >= 0)) {
            throw new IllegalArgumentException("Deviations (%s) must be at least 0.".formatted(deviations));
        }
    }
}
