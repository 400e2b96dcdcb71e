package curvata.bench.measure;

import curvata.kernels.Kernel;
import curvata.kernels.Kernel.Operand;
import curvata.kernels.Threads;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * One thing that this machine cannot exceed, measured by a loop that does nothing else.
 *
 * @param name what was measured
 * @param threads threads that worked at once
 * @param bytes bytes that all arrays hold together, or 0 where nothing is moved
 * @param value the median
 * @param unit of the value
 */
public record Ceiling(String name, int threads, long bytes, double value, String unit) {
  private static final int ROUNDS = 15;
  private static final int[] LENGTHS = {65_536, 1_000_000, 16_000_000};
  private static final Map<String, List<Operand>> PATTERNS = new LinkedHashMap<>();

  static {
    PATTERNS.put("read", List.of(Kernel.read("a")));
    PATTERNS.put("copy", List.of(Kernel.read("a"), Kernel.write("b")));
    PATTERNS.put("read 1, update 3", List.of(Kernel.read("a"), Kernel.update("b"), Kernel.update("c"), Kernel.update("d")));
  }

  /** All of them: multiply-adds, roots and divisions, and memory for arrays of three lengths; on one thread and on all. */
  public static List<Ceiling> measure() {
    List<Ceiling> ceilings = new ArrayList<>();
    for (int threads : new TreeSet<>(List.of(1, Threads.count()))) {
      FmaPeak peak = new FmaPeak(threads);
      ceilings.add(new Ceiling("multiply-adds", threads, 0, peak.flops() / nanos(peak, threads), "GFLOP/s"));
      Roots roots = new Roots(new SlowOperations(1, 1), 1 << 18, threads);
      ceilings.add(new Ceiling("roots with divisions", threads, 0, roots.elements() / nanos(roots, threads), "G/s"));
      for (int n : LENGTHS) {
        PATTERNS.forEach((name, operands) -> ceilings.add(memory(name, operands, n, threads)));
      }
    }
    return ceilings;
  }

  private static Ceiling memory(String name, List<Operand> operands, int n, int threads) {
    Streams streams = Streams.of(operands, new float[operands.size()][n], n, threads > 1);
    double rate = (double) n * Streams.bytes(operands) / nanos(streams, threads);
    return new Ceiling(name, threads, 4L * n * operands.size(), rate, "GB/s");
  }

  private static double nanos(Work work, int threads) {
    Rounds rounds = new Rounds(1, ROUNDS, new Clock(threads));
    rounds.run(List.of(work), ROUNDS);
    return Rounds.median(rounds.nanos(0));
  }

  /** The fields as JSON reports name them. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("threads", threads);
    fields.put("bytes", bytes);
    fields.put("value", value);
    fields.put("unit", unit);
    return fields;
  }

  @Override
  public String toString() {
    String size = bytes == 0 ? "" : String.format(Locale.ROOT, " of %.3g MB", bytes * 1e-6);
    return String.format(Locale.ROOT, "%-34s %d %s %8.1f %s", name + size, threads, threads == 1 ? "thread " : "threads", value, unit);
  }
}
