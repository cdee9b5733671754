package io.ppipe.bench;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** How a benchmark ended that was called as a person calls it. */
record Ended(int code, String out, String err) {
    static Ended of(List<String> arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        int code = commandLine.execute(arguments.toArray(String[]::new));
        return new Ended(code, out.toString(), err.toString());
    }
}
