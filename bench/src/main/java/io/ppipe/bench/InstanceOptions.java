package io.ppipe.bench;

import io.ppipe.model.BadInputException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Option;

/** Which instances of a folder a benchmark takes. */
final class InstanceOptions {
    /** A pattern that begins every name. */
    static final String ALL = ".*";

    @Option(
            names = "--instances",
            paramLabel = "REGEX",
            description = "Instances whose names begin so, or begin with a match of this pattern (default:"
                    + " ${DEFAULT-VALUE}).")
    private String instances;

    /** @param byDefault the pattern where none is given */
    InstanceOptions(String byDefault) {
        this.instances = byDefault;
    }

    List<PlanTask> of(ReferenceFolder folder) {
        try {
            return folder.instances(Pattern.compile(instances));
        } catch (PatternSyntaxException e) {
            throw new BadInputException(
                    "--instances '%s' is no pattern: %s.".formatted(instances, e.getDescription()), e);
        }
    }
}
