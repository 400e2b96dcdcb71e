package curvata.bench.measure;

import java.util.Arrays;
import java.util.List;

/** Times pieces of work in turn, A B C A B C, so that what else the machine does meets all of them alike. */
final class Rounds {
  // Of processor time: a busy machine gives the compiler's threads as much of it as this one.
  private static final long WARM = 20_000_000;
  private static final long MOST_WARM = 1_500_000_000;
  private static final long GARBAGE = 1024; // vector code that is not compiled allocates more per call

  private static final long SAMPLE = 1_000_000;
  private static final long REST = 30; // milliseconds, after which the waiting threads of native libraries sleep

  private final Work[] works;
  private final Clock clock;
  private final boolean rests;
  private final int[] calls;
  private final double[][] nanos;
  private final double[] bytes;
  private int round;

  /** Room for so many rounds. */
  Rounds(int works, int rounds, Clock clock) {
    this(works, rounds, clock, false);
  }

  /** The same; with native libraries on several threads the machine rests before each sample, as theirs go on running for a while. */
  Rounds(int works, int rounds, Clock clock, boolean natives) {
    this.rests = natives && clock.shared();
    this.works = new Work[works];
    this.clock = clock;
    this.calls = new int[works];
    this.nanos = new double[works][rounds];
    this.bytes = new double[rounds];
  }

  /** Warms this work up, then takes part of the rounds with it. */
  void run(List<Work> these, int rounds) {
    for (int w = 0; w < works.length; w++) {
      works[w] = these.get(w);
      calls[w] = warm(works[w]);
    }
    for (int end = round + rounds; round < end; round++) {
      for (int w = 0; w < works.length; w++) {
        nanos[w][round] = sample(w);
      }
    }
  }

  /** Runs until compiled; how many calls make a sample of a millisecond. */
  private static int warm(Work work) {
    Clock clock = new Clock(1);
    long start = clock.nanos();
    boolean compiled = false;
    while (true) {
      long bytes = clock.allocated();
      long begin = clock.nanos();
      int n = 0;
      do {
        work.run();
        n++;
      } while (clock.nanos() - begin < WARM);
      long nanos = clock.nanos() - begin;
      if (compiled || begin - start > MOST_WARM) {
        return (int) Math.max(1, n * SAMPLE / nanos);
      }
      compiled = clock.allocated() - bytes < n * GARBAGE;
    }
  }

  private double sample(int w) {
    Work work = works[w];
    int n = calls[w];
    if (rests) {
      rest();
    }
    long allocated = clock.allocated();
    long start = clock.nanos();
    for (int call = 0; call < n; call++) {
      work.run();
    }
    long end = clock.nanos();
    if (w == 0) {
      bytes[round] = (double) (clock.allocated() - allocated) / n;
    }
    return (double) (end - start) / n;
  }

  private static void rest() {
    try {
      Thread.sleep(REST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nanoseconds of a run of one piece of work in each round. */
  double[] nanos(int work) {
    return nanos[work];
  }

  /**
   * Bytes allocated by a run of the first piece of work: the middle over the rounds, so that what the JVM does once does not count. Where it begins to
   * compile a class's first method it makes, on the thread that runs it, all strings that the class names (those of error messages), and for work of
   * many milliseconds that falls into the rounds.
   */
  double bytesAllocated() {
    return median(bytes);
  }

  /** The middle value. */
  static double median(double[] values) {
    return quantile(values, 0.5);
  }

  /** The middle of the ratios within a round. */
  static double ratio(double[] above, double[] below) {
    double[] ratios = new double[above.length];
    for (int r = 0; r < ratios.length; r++) {
      ratios[r] = above[r] / below[r];
    }
    return median(ratios);
  }

  /** The smallest value. */
  static double least(double[] values) {
    return quantile(values, 0);
  }

  /** The width of the middle half, relative to the middle value. */
  static double spread(double[] values) {
    return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);
  }

  private static double quantile(double[] values, double q) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double at = q * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
