package io.ppipe.format;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A number in the unit that a person writes (milliseconds, Gbit/s, GiB), on its way to the unit that a record keeps. All
 * conversions are decimal or by powers of two, so that a record written and read is the same record.
 *
 * @param what the key in words, for problems
 */
record Quantity(String file, int line, String what, BigDecimal value) {
    private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);

    /** Returns milliseconds as whole microseconds, rounded. */
    long millisToMicros() {
        return rounded(value.movePointRight(3));
    }

    /** Returns GiB as whole bytes, rounded. */
    long gibToBytes() {
        return rounded(value.multiply(GIB));
    }

    /** Returns Gbit/s as bit/s. */
    double gigaToUnits() {
        return value.movePointRight(9).doubleValue();
    }

    private long rounded(BigDecimal exact) {
        BigDecimal whole = exact.setScale(0, RoundingMode.HALF_UP);
        if (whole.toBigInteger().bitLength() > 63) {
            throw Problem.at(file, line, "%s (%s) is out of range".formatted(what, value));
        }
        return whole.longValueExact();
    }

    /** Returns microseconds as milliseconds, exactly. */
    static BigDecimal microsToMillis(long micros) {
        return BigDecimal.valueOf(micros, 3);
    }

    /** Returns bytes as GiB, exactly. */
    static BigDecimal bytesToGib(long bytes) {
        return BigDecimal.valueOf(bytes).divide(GIB); // a power of two: the decimal ends
    }

    /** Returns bit/s as Gbit/s, exactly. */
    static BigDecimal unitsToGiga(double units) {
        return new BigDecimal(Double.toString(units)).movePointLeft(9);
    }
}
