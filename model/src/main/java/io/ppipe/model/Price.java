package io.ppipe.model;

/**
 * What holding GPUs costs, in any currency.
 *
 * @param perHour price of one unit for an hour; 0 when unknown
 */
public record Price(double perHour, Unit unit) {
    /** What one buys. */
    public enum Unit {
        /** Each GPU by itself. */
        GPU,
        /** Whole servers, with all their GPUs. */
        SERVER
    }

    public static final Price UNKNOWN = new Price(0, Unit.GPU);

    public Price {
        Checks.notNegative(unit == Unit.GPU ? "price_per_hour" : "server_price_per_hour", perHour);
    }

    /** Returns what holding {@code gpus} GPUs costs per hour; servers are counted whole. */
    public double perHour(int gpus, int gpusPerServer) {
        return switch (unit) {
            case GPU -> gpus * perHour;
            case SERVER -> Math.ceilDiv(gpus, gpusPerServer) * perHour;
        };
    }
}
