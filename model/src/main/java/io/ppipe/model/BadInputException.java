package io.ppipe.model;

/**
 * Something from outside (a file, a flag, a request, a peer) is wrong. The message is one line for the person who can
 * mend it: where, which value, what is allowed, what to try. Never shown with a stack trace.
 */
public final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BadInputException(String message) {
        super(message);
    }

    public BadInputException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Says what a value's own check says. */
    public BadInputException(IllegalArgumentException cause) {
        this(String.valueOf(cause.getMessage()), cause);
    }
}
