import java.io.PrintStream;
import java.util.List;

/**
 * Writes a trace of your Raft for `raftarium-lab check` (docs/trace.md).
 * Call step at the end of each handler, while you still hold the server's lock.
 */
public class Trace {
    private final PrintStream out;

    public Trace(PrintStream out, List<String> servers) {
        this.out = out;
        out.println("{\"e\":\"init\",\"servers\":" + list(servers.stream().map(Trace::text).toList()) + "}");
    }

    /** A string as JSON has it. */
    static String text(String s) {
        return "\"" + s.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    static String list(List<String> items) {
        return "[" + String.join(",", items) + "]";
    }

    /** A message: its kind, sender, receiver, term, and its other fields as JSON. */
    static String message(String kind, String from, String to, long term, String fields) {
        return "{\"t\":" + text(kind) + ",\"f\":" + text(from) + ",\"to\":" + text(to)
            + ",\"term\":" + term + "," + fields + "}";
    }

    /** An entry: [term, value]. */
    static String entry(long term, String value) {
        return "[" + term + "," + text(value) + "]";
    }

    /** A step; received is null unless the kind is "recv", vote is "" for nobody. */
    public synchronized void step(String kind, String server, String received, long term, String vote,
                                  String role, List<String> log, long commit, List<String> sent) {
        out.println("{\"e\":" + text(kind) + ",\"n\":" + text(server) + ",\"m\":" + received
            + ",\"s\":{\"term\":" + term + ",\"vote\":" + text(vote) + ",\"role\":" + text(role)
            + ",\"log\":" + list(log) + ",\"commit\":" + commit + "},\"out\":" + list(sent) + "}");
        out.flush();
    }

    /** Three servers elect n1, which commits one entry. */
    public static void main(String[] args) {
        var trace = new Trace(System.out, List.of("n1", "n2", "n3"));
        var ask = message("RV", "n1", "n2", 1, "\"li\":0,\"lt\":0");
        trace.step("timeout", "n1", null, 1, "n1", "C", List.of(), 0, List.of(ask));
        var yes = message("RVR", "n2", "n1", 1, "\"g\":true");
        trace.step("recv", "n2", ask, 1, "n1", "F", List.of(), 0, List.of(yes));
        trace.step("recv", "n1", yes, 1, "n1", "L", List.of(), 0, List.of());
        var log = List.of(entry(1, "x=1"));
        var append = message("AE", "n1", "n2", 1, "\"pi\":0,\"pt\":0,\"es\":" + list(log) + ",\"c\":0");
        trace.step("propose", "n1", null, 1, "n1", "L", log, 0, List.of(append));
        var ack = message("AER", "n2", "n1", 1, "\"ok\":true,\"mi\":1");
        trace.step("recv", "n2", append, 1, "n1", "F", log, 0, List.of(ack));
        trace.step("recv", "n1", ack, 1, "n1", "L", log, 1, List.of());
    }
}
