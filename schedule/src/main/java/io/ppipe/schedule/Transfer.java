package io.ppipe.schedule;

/**
 * The uplink of one server and the downlink of another held during {@code [startMicros, endMicros)}. Between vGPUs of
 * one server nothing travels: both servers are the same and the interval is empty.
 */
public record Transfer(int fromServer, int toServer, long startMicros, long endMicros) {}
