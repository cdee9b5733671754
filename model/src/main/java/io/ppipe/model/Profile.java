package io.ppipe.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Latencies and boundary sizes of a set of models. */
public record Profile(List<ModelProfile> models) {
    public Profile {
        models = List.copyOf(models);
        var seen = new HashSet<String>();
        for (ModelProfile model : models) {
            if (!seen.add(model.model())) {
                throw new IllegalArgumentException("Profile: model %s is there twice.".formatted(model.model()));
            }
        }
    }

    /** Returns the profile of {@code model}, if it is here. */
    public Optional<ModelProfile> model(String model) {
        return models.stream().filter(m -> m.model().equals(model)).findFirst();
    }

    /** Returns the profile with estimated latencies at the upper end of their error bands; all others as they are. */
    public Profile pessimistic() {
        return new Profile(models.stream()
                .map(model -> model.withLatencies(model.latencies().stream()
                        .map(LatencyTable::pessimistic)
                        .toList()))
                .toList());
    }

    /**
     * Returns a fingerprint of everything in this profile. A plan keeps the fingerprint of the profile it was made
     * from, so that it is never served or simulated against another one.
     */
    public String fingerprint() {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every JDK has SHA-256.", e);
        }
    }
}
