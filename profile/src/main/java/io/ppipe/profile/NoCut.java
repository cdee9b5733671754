package io.ppipe.profile;

/**
 * A place between two layers where a model can't be cut.
 *
 * @param afterLayer the layer in front of it
 * @param reason which tensor stands in the way, and why
 */
public record NoCut(int afterLayer, String reason) {}
