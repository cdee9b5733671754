package io.ppipe.cli;

import io.ppipe.format.AzureTraceFile;
import io.ppipe.format.EventLogFile;
import io.ppipe.format.RecordedArrivals;
import io.ppipe.model.BadInputException;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.TraceTimes;
import java.nio.file.Path;
import java.util.List;

/** Reads the traces and event logs that an option like {@code --arrivals azure:FILE} names. */
final class ArrivalFiles implements ArrivalSpec.Traces {
    private final List<String> models;

    /** @param models names of the plan's models, in its order */
    ArrivalFiles(List<String> models) {
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
