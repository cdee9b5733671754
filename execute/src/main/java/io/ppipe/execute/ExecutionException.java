package io.ppipe.execute;

/** A stage could not be run. */
public final class ExecutionException extends Exception {
    private static final long serialVersionUID = 1;

    public ExecutionException(String message, Throwable cause) {
        super(message, cause);
    }
}
