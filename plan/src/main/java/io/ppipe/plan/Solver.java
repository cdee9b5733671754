package io.ppipe.plan;

import com.google.ortools.Loader;
import com.google.ortools.linearsolver.MPConstraint;
import com.google.ortools.linearsolver.MPObjective;
import com.google.ortools.linearsolver.MPSolver;
import com.google.ortools.linearsolver.MPSolverParameters;
import com.google.ortools.linearsolver.MPVariable;

/** SCIP and GLOP through OR-Tools: the only class that knows the solvers. Close it: it holds native memory. */
final class Solver implements AutoCloseable {
    static {
        Loader.loadNativeLibraries(); // about a second, once, only when something is planned
    }

    private static final String MIXED_INTEGER = "SCIP";
    private static final String LINEAR = "GLOP";

    private final MPSolver solver;

    /** How a search ended. */
    enum Status {
        /** The best solution is proven to the gap. */
        PROVEN,
        /** No solution exists within the bounds of the variables. */
        NONE,
        /** A limit was met; there is a solution. */
        STOPPED,
        /** A limit was met before a solution was found. */
        STOPPED_WITHOUT
    }

    /**
     * When to stop.
     *
     * @param gap stop when |bound − objective| ÷ |bound| is at most this
     * @param nodes most nodes of the search tree: the same in every run, unlike time
     */
    record Limits(double gap, long nodes, double seconds) {}

    private Solver(MPSolver solver) {
        this.solver = solver;
    }

    static Solver mixedInteger() {
        return create(MIXED_INTEGER);
    }

    static Solver linear() {
        return create(LINEAR);
    }

    private static Solver create(String name) {
        MPSolver solver = MPSolver.createSolver(name);
        if (solver == null) {
            throw new IllegalStateException("OR-Tools has no solver " + name + " on this platform.");
        }
        return new Solver(solver);
    }

    /** Returns the name and version of what solves MILPs. */
    static String version() {
        try (Solver solver = mixedInteger()) {
            return solver.solver.solverVersion() + " (OR-Tools)";
        }
    }

    MPVariable number(double least, double most, String name) {
        return solver.makeNumVar(least, most, name);
    }

    MPVariable integer(double least, double most, String name) {
        return solver.makeIntVar(least, most, name);
    }

    MPConstraint atMost(double most, String name) {
        return solver.makeConstraint(Double.NEGATIVE_INFINITY, most, name);
    }

    MPConstraint atLeast(double least, String name) {
        return solver.makeConstraint(least, Double.POSITIVE_INFINITY, name);
    }

    static double infinity() {
        return MPSolver.infinity();
    }

    /** Returns the objective, to give coefficients. */
    MPObjective objective(boolean maximise) {
        MPObjective objective = solver.objective();
        objective.setOptimizationDirection(maximise);
        return objective;
    }

    /** Solves a linear programme; false when it has no optimum or the solver gave up. */
    boolean solveLinear() {
        return solver.solve() == MPSolver.ResultStatus.OPTIMAL;
    }

    Status solve(Limits limits, StopSignal stop) {
        solver.setTimeLimit(Math.max(1, (long) Math.ceil(limits.seconds() * 1000)));
        // SCIP would take Ctrl-C for itself, and say so on standard output; whoever asks to stop gives the signal.
        solver.setSolverSpecificParametersAsString(
                "limits/nodes = %d%nmisc/catchctrlc = FALSE%n".formatted(limits.nodes()));
        var parameters = new MPSolverParameters();
        try (var _ = stop.onRequest(solver::interruptSolve)) {
            parameters.setDoubleParam(MPSolverParameters.DoubleParam.RELATIVE_MIP_GAP, limits.gap());
            return switch (solver.solve(parameters)) {
                case OPTIMAL -> Status.PROVEN;
                case FEASIBLE -> Status.STOPPED;
                case INFEASIBLE -> Status.NONE;
                default -> Status.STOPPED_WITHOUT;
            };
        } finally {
            parameters.delete();
        }
    }

    /** Returns the bound that the solver says it has proven; only when it has a solution. */
    double bound() {
        return solver.objective().bestBound();
    }

    /** Returns the objective of the solution, as the solver says. */
    double objectiveValue() {
        return solver.objective().value();
    }

    @Override
    public void close() {
        solver.delete();
    }
}
