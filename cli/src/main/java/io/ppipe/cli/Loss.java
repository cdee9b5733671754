package io.ppipe.cli;

import io.ppipe.simulate.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A vGPU or a server that is lost in a simulated run, as {@code --lose} says it: {@code vgpu:3@2s..5s}, {@code server:1@2s}.
 *
 * @param text as it was given
 * @param server whether it is a server
 * @param index of the vGPU in the plan, or of the server in the cluster
 * @param returnMicros when it is back, if ever; after {@code atMicros}
 */
record Loss(String text, boolean server, int index, long atMicros, OptionalLong returnMicros) {
    static final String GRAMMAR = "(vgpu|server):INDEX@TIME[..TIME]";

    private static final Pattern FORM =
            Pattern.compile("(vgpu|server):(\\d{1,9})@([^.]+(?:\\.\\d+)?[a-z]+)(?:\\.\\.(.+))?");

    /** Returns what happens. */
    List<Fault> faults() {
        var faults = new ArrayList<Fault>();
        faults.add(server ? new Fault.ServerLoss(atMicros, index) : new Fault.VgpuLoss(atMicros, index));
        returnMicros.ifPresent(
                back -> faults.add(server ? new Fault.ServerReturn(back, index) : new Fault.VgpuReturn(back, index)));
        return faults;
    }

    /** Reads {@code --lose}. */
    static final class Converter implements ITypeConverter<Loss> {
        @Override
        public Loss convert(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw wrong(text);
            }
            try {
                long at = RunTime.micros(form.group(3));
                OptionalLong back =
                        form.group(4) == null ? OptionalLong.empty() : OptionalLong.of(RunTime.micros(form.group(4)));
                if (back.isPresent() && back.getAsLong() <= at) {
                    throw new TypeConversionException(
                            "'%s' comes back before it is lost; the second time must be later".formatted(text));
                }
                return new Loss(text, form.group(1).equals("server"), Integer.parseInt(form.group(2)), at, back);
            } catch (IllegalArgumentException _) {
                throw wrong(text);
            }
        }

        private static TypeConversionException wrong(String text) {
            return new TypeConversionException(
                    "'%s' is not %s, such as vgpu:3@2s..5s (back after 5 s) or server:1@500ms (lost for good); TIME is a number with us, ms or s"
                            .formatted(text, GRAMMAR));
        }
    }

    /** Returns e.g. {@code vGPU 3}. */
    String what() {
        return String.format(Locale.ROOT, "%s %d", server ? "server" : "vGPU", index);
    }
}
