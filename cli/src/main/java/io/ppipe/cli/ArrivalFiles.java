package io.ppipe.cli;

import io.ppipe.format.AzureTraceFile;
import io.ppipe.format.EventLogFile;
import io.ppipe.format.RecordedArrivals;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Slo;
import io.ppipe.simulate.ArrivalSource;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.TraceTimes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads the traces and event logs that an option like {@code --arrivals azure:FILE} names. */
public final class ArrivalFiles implements ArrivalSpec.Traces {
    private static final Slo ANY_SLO = new Slo(1, 1);

    private final List<String> models;

    /** @param models names of the plan's models, in its order */
    public ArrivalFiles(List<String> models) {
        this.models = List.copyOf(models);
    }

    /**
     * Returns what the text of an option says.
     *
     * @param option as the message names it: "--arrivals"
     * @throws BadInputException when the text is wrong, or the file that it names
     */
    ArrivalSpec spec(String option, String text) {
        try {
            return ArrivalSpec.parse(text, this);
        } catch (IllegalArgumentException e) {
            throw new BadInputException("%s: %s".formatted(option, e.getMessage()), e);
        }
    }

    /**
     * Returns the same, for whoever changes the rate: a recorded run comes as it is, whatever the rate.
     *
     * @throws BadInputException also when the arrivals have their own rate
     */
    public ArrivalSpec scalable(String option, String text) {
        ArrivalSpec spec = spec(option, text);
        if (spec instanceof ArrivalSpec.Recorded(String file, boolean scaled, var _) && !scaled) {
            throw new BadInputException(
                    "%s: 'recorded:%s' comes at the rate that was recorded, and other rates are to be tried. Maybe 'recorded-scaled:%s'."
                            .formatted(option, file, file));
        }
        requireFit(option, spec, models.stream().mapToDouble(_ -> 1).toArray(), 1);
        return spec;
    }

    /**
     * Refuses arrivals that can't come at these rates.
     *
     * @param rates requests per second of each model
     * @param seconds length of the run
     */
    static void requireFit(String option, ArrivalSpec spec, double[] rates, double seconds) {
        List<ArrivalSource> sources = Arrays.stream(rates)
                .mapToObj(rate -> new ArrivalSource(rate, ANY_SLO))
                .toList();
        try {
            spec.arrivals(sources, seconds, 1);
        } catch (IllegalArgumentException e) {
            throw new BadInputException("%s: %s".formatted(option, e.getMessage()), e);
        }
    }

    @Override
    public TraceTimes azure(String file) {
        return TraceTimes.of(AzureTraceFile.startMicros(Path.of(file)));
    }

    @Override
    public List<TraceTimes> recorded(String file) {
        RecordedArrivals recorded = EventLogFile.arrivals(Path.of(file));
        for (int i = 0; i < recorded.models().size(); i++) {
            String model = recorded.models().get(i);
            if (!models.contains(model) && recorded.arrivalMicros().get(i).length > 0) {
                throw new BadInputException("%s has requests for model '%s', which the plan does not have (it has: %s)."
                        .formatted(file, model, String.join(", ", models)));
            }
        }
        return models.stream().map(model -> ofModel(file, recorded, model)).toList();
    }

    private static TraceTimes ofModel(String file, RecordedArrivals recorded, String model) {
        int index = recorded.models().indexOf(model);
        if (index < 0) {
            throw new BadInputException("%s has no model '%s' of the plan (it has: %s)."
                    .formatted(file, model, String.join(", ", recorded.models())));
        }
        return TraceTimes.of(recorded.arrivalMicros().get(index));
    }
}
