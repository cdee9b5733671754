package io.ppipe.profile;

import java.util.List;

/** Arithmetic on sizes ≥ 0 that stays at {@link Long#MAX_VALUE} where it would overflow: files may state any shape. */
final class Saturating {
    private Saturating() {}

    static long product(long... factors) {
        long product = 1;
        for (long factor : factors) {
            product = times(product, factor);
        }
        return product;
    }

    static long product(List<Long> factors) {
        long product = 1;
        for (long factor : factors) {
            product = times(product, factor);
        }
        return product;
    }

    static long sum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static long times(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
    }
}
