package curvata.bench.measure;

import curvata.kernels.Backend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One measured row.
 *
 * @param kernel what was measured
 * @param n its size: elements, or rows of a square matrix
 * @param threads threads it ran on
 * @param backend the kernels' backend
 * @param nsPerElement median nanoseconds per element
 * @param rate median GB/s, or GFLOP/s where {@code flops}
 * @param flops whether operations are counted instead of bytes
 * @param limit this machine's limit in the same unit, from the same rounds
 * @param boundBy what makes the limit: {@code streams}, {@code roots} or {@code fma}
 * @param fractionOfLimit median over the rounds of the subject's rate as a fraction of the limit's
 * @param bestNsPerElement nanoseconds per element in the fastest round
 * @param spread width of the middle half of the times, relative to the median
 * @param bytesAllocated median bytes allocated per run
 * @param peer the library that it is compared with, or null
 * @param ratio median over the rounds of the peer's time over the subject's: above 1 where the subject is faster; NaN without a peer
 */
public record Row(
    String kernel, int n, int threads, String backend, double nsPerElement, double rate, boolean flops, double limit, String boundBy,
    double fractionOfLimit, double bestNsPerElement, double spread, double bytesAllocated, String peer, double ratio) {
  private static final int LAYOUTS = 3;

  /** Measures a subject in so many rounds, over arrays at three places in memory; a row of its own, and one for each peer that does the same. */
  static List<Row> measure(Subject subject, String label, int rounds, List<Peer> peers) {
    Rounds taken = null;
    List<Bound> bounds = List.of();
    List<Subject.Rival> rivals = List.of();
    for (int layout = 0, done = 0; layout < LAYOUTS; layout++) {
      Subject.Prepared prepared = subject.prepare(peers);
      bounds = prepared.bounds();
      rivals = prepared.rivals();
      taken = taken == null ? new Rounds(prepared.works().size(), rounds, new Clock(subject.threads()), !rivals.isEmpty()) : taken;
      int end = rounds * (layout + 1) / LAYOUTS;
      taken.run(prepared.works(), end - done);
      done = end;
    }
    List<Row> rows = new ArrayList<>();
    rows.add(of(subject, label, taken, bounds));
    for (int r = 0; r < rivals.size(); r++) {
      rows.add(rows.getFirst().against(rivals.get(r).name(), Rounds.ratio(taken.nanos(1 + bounds.size() + r), taken.nanos(0))));
    }
    return rows;
  }

  private Row against(String rival, double times) {
    return new Row(
        kernel, n, threads, backend, nsPerElement, rate, flops, limit, boundBy, fractionOfLimit, bestNsPerElement, spread, bytesAllocated, rival,
        times);
  }

  private static Row of(Subject subject, String label, Rounds taken, List<Bound> bounds) {
    double[] nanos = taken.nanos(0);
    int tightest = 0;
    for (int b = 1; b < bounds.size(); b++) {
      tightest = least(taken, bounds, b) > least(taken, bounds, tightest) ? b : tightest;
    }
    double amount = subject.flops() > 0 ? subject.flops() : subject.bytes();
    double time = Rounds.median(nanos);
    Bound bound = bounds.get(tightest);
    return new Row(
        label, subject.n(), subject.threads(), Backend.current().name().toLowerCase(Locale.ROOT), time / subject.elements(), amount / time,
        subject.flops() > 0, amount / least(taken, bounds, tightest), bound.name(), bound.scale() * Rounds.ratio(taken.nanos(1 + tightest), nanos),
        Rounds.least(nanos) / subject.elements(), Rounds.spread(nanos), taken.bytesAllocated(), null, Double.NaN);
  }

  private static double least(Rounds taken, List<Bound> bounds, int b) {
    return Rounds.median(taken.nanos(1 + b)) * bounds.get(b).scale();
  }

  /** The fields as JSON reports name them. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kernel", kernel);
    fields.put("n", n);
    fields.put("threads", threads);
    fields.put("backend", backend);
    fields.put("nsPerElement", rounded(nsPerElement));
    fields.put(flops ? "gflops" : "gbPerSecond", rounded(rate));
    fields.put("limit", rounded(limit));
    fields.put("fractionOfLimit", rounded(fractionOfLimit));
    fields.put("peer", peer);
    fields.put("ratio", peer == null ? null : rounded(ratio));
    fields.put("spread", rounded(spread));
    fields.put("bytesAllocated", rounded(bytesAllocated));
    return fields;
  }

  /** Four digits are more than any of these numbers has. */
  private static double rounded(double x) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4g", x));
  }
}
