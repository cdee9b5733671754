package io.ppipe.model;

/** What a plan is to be best at. */
public enum Goal {
    /** The highest min over models of throughput ÷ weight. */
    THROUGHPUT,
    /** The lowest price per hour at which every model's throughput is at least its demand. */
    COST
}
