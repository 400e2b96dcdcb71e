package curvata.bench.measure;

import curvata.optim.Rule;
import curvata.optim.Rules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * All rows of a run, in order: the first kernel alone, then, after every kernel has run in this JVM, all of them.
 *
 * <p>The Java compiler specializes code for what it has seen; what is fast alone may not be so in a program that uses several rules, so the second
 * kind of row is the one that counts.
 */
public final class Bench {
  /** What a row's name ends with if nothing else had run in the JVM. */
  public static final String ALONE = " alone";

  private static final int USUAL = 1_000_000;
  private static final List<Integer> FIRST_SIZES = List.of(1_000, 65_536, USUAL, 16_000_000);
  private static final List<Integer> SIDES = List.of(256, 512);
  private static final int SIDE_OF_OTHERS = 512; // products that are not square, in a run without --sizes
  private static final int LARGEST_SIDE = 4096;

  private final List<Subject> alone = new ArrayList<>();
  private final List<Subject> rows = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();
  private final boolean polluted;
  private final List<Peer> peers;

  /**
   * Plans the rows.
   *
   * @param names kernels to measure, as {@link #names}; empty: all
   * @param sizes elements, and rows of matrices up to 4096; empty: the usual ones. A size that a kernel rounds to one it has is measured once
   * @param polluted whether all kernels run before the rows that count, and the first kernel is also measured before that
   * @param peers libraries to compare with; each takes as many threads as the kernel it is compared with
   */
  public Bench(List<String> names, List<Integer> sizes, boolean polluted, List<Peer> peers) {
    this.polluted = polluted;
    this.peers = peers;
    Set<List<?>> planned = new HashSet<>();
    for (Subject s : all(sizes)) {
      if ((names.isEmpty() || names.contains(s.name())) && planned.add(List.of(s.name(), s.n()))) {
        rows.add(s);
      }
    }
    if (polluted && !rows.isEmpty()) {
      rows.stream().filter(s -> s.name().equals(rows.getFirst().name())).forEach(alone::add);
    }
  }

  /** What can be measured. */
  public static List<String> names() {
    return all(List.of(USUAL, LARGEST_SIDE)).stream().map(Subject::name).distinct().toList();
  }

  private static List<Subject> all(List<Integer> sizes) {
    List<Subject> all = new ArrayList<>();
    for (KernelCase<?> c : KernelCase.all()) {
      for (int n : sizes.isEmpty() ? all.isEmpty() ? FIRST_SIZES : List.of(USUAL) : sizes) {
        all.add(new KernelSubject<>(c, n));
      }
    }
    for (int n : sizes.isEmpty() ? List.of(USUAL) : sizes) {
      KernelCase.measuring().forEach(c -> all.add(new MeasuringSubject<>(c, n)));
      for (ReductionSubject.Reduction r : ReductionSubject.Reduction.values()) {
        all.add(new ReductionSubject(r, n));
      }
    }
    for (int n : sizes.isEmpty() ? SIDES : sizes.stream().filter(side -> side <= LARGEST_SIDE).toList()) {
      boolean others = !sizes.isEmpty() || n == SIDE_OF_OTHERS;
      ProductCase.all(n).stream().filter(c -> others || c.name().equals("product")).forEach(c -> all.add(new ProductSubject(c)));
      all.addAll(OrthogonalizationSubject.of(n));
    }
    for (Rule<?> rule : Rules.CATALOG.all()) {
      for (int n : sizes.isEmpty() ? List.of(USUAL) : sizes) {
        all.add(new StepSubject(rule, n));
      }
    }
    return all;
  }

  /** Number of kernels that {@link #run} measures; each makes a row, and one more for each peer that does the same. */
  public int count() {
    return alone.size() + rows.size();
  }

  /** Measures all kernels, in so many rounds each, and hands over the rows of each, its own first; those of wrong results are not measured. */
  public void run(int rounds, Consumer<List<Row>> out) {
    for (Subject s : alone) {
      measure(s, s.name() + ALONE, rounds, out);
    }
    if (polluted) {
      Pollution.run();
    }
    for (Subject s : rows) {
      measure(s, s.name(), rounds, out);
    }
  }

  private void measure(Subject s, String label, int rounds, Consumer<List<Row>> out) {
    List<Peer> fit = new ArrayList<>();
    for (Peer peer : peers) {
      peer.threads(s.threads());
      String wrong = s.difference(peer);
      if (wrong == null) {
        fit.add(peer);
      } else {
        differences.add(wrong);
      }
    }
    String difference = s.difference();
    if (difference == null) {
      out.accept(Row.measure(s, label, rounds, fit));
    } else {
      differences.add(difference);
    }
  }

  /** What differed from the references, a line each. */
  public List<String> differences() {
    return differences;
  }
}
