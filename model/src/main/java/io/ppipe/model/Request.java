package io.ppipe.model;

/**
 * One inference asked for by a client.
 *
 * @param id unique within a run, ascending in the order of arrival
 * @param model index of the model in the plan
 * @param arrivalMicros when the front end had received it whole
 * @param deadlineMicros when it must have been answered
 */
public record Request(long id, int model, long arrivalMicros, long deadlineMicros) {}
