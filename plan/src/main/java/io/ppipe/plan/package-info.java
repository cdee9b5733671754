/** Cluster, workload and profile to a plan, by enumerated templates and a MILP. */
@NullMarked
package io.ppipe.plan;

import org.jspecify.annotations.NullMarked;
