package io.ppipe.plan;

import com.google.ortools.Loader;
import com.google.ortools.linearsolver.MPConstraint;
import com.google.ortools.linearsolver.MPObjective;
import com.google.ortools.linearsolver.MPSolver;
import com.google.ortools.linearsolver.MPSolverParameters;
import com.google.ortools.linearsolver.MPVariable;
import java.util.Optional;

/** SCIP through OR-Tools: the only class that knows the solver. */
final class Solver {
    static {
        Loader.loadNativeLibraries(); // about a second, once, only when something is planned
    }

    private static final double LINEAR_TOLERANCE = 1e-7;

    private final MPSolver solver;

    /**
     * What a solve gave.
     *
     * @param bound proven upper bound of the objective
     * @param provenToGap whether the search ended by its gap rather than by time
     */
    record Result(double bound, boolean provenToGap) {}

    private Solver(MPSolver solver) {
        this.solver = solver;
    }

    static Solver mixedInteger() {
        return create("SCIP");
    }

    static Solver linear() {
        return create("GLOP");
    }

    private static Solver create(String name) {
        MPSolver solver = MPSolver.createSolver(name);
        if (solver == null) {
            throw new IllegalStateException("OR-Tools has no solver " + name + " on this platform.");
        }
        return new Solver(solver);
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

    static double infinity() {
        return MPSolver.infinity();
    }

    /** Maximises one variable; empty when no solution was found in time. */
    Optional<Result> maximise(MPVariable variable, double gap, double limitSeconds) {
        MPObjective objective = solver.objective();
        objective.setCoefficient(variable, 1);
        objective.setMaximization();
        solver.setTimeLimit((long) Math.ceil(limitSeconds * 1000));
        try (var parameters = new MPSolverParametersScope(gap)) {
            MPSolver.ResultStatus status = solver.solve(parameters.parameters);
            return switch (status) {
                // A linear solver has no bound but the optimum itself; widened by what its tolerance may hide.
                case OPTIMAL ->
                    Optional.of(new Result(
                            solver.isMip() ? objective.bestBound() : objective.value() * (1 + LINEAR_TOLERANCE), true));
                case FEASIBLE -> Optional.of(new Result(objective.bestBound(), false));
                default -> Optional.empty();
            };
        }
    }

    /** Returns the solver's name and version. */
    String version() {
        return solver.solverVersion();
    }

    /** Parameters hold native memory. */
    private static final class MPSolverParametersScope implements AutoCloseable {
        private final MPSolverParameters parameters = new MPSolverParameters();

        MPSolverParametersScope(double gap) {
            parameters.setDoubleParam(MPSolverParameters.DoubleParam.RELATIVE_MIP_GAP, gap);
        }

        @Override
        public void close() {
            parameters.delete();
        }
    }
}
