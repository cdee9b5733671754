package io.ppipe.load;

import java.util.List;

/** The inputs of one request. */
public record Payload(List<InputTensor> inputs) {
    public Payload {
        inputs = List.copyOf(inputs);
    }
}
