package curvata.bench.measure;

import curvata.kernels.Threads;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Square roots and divisions over arrays in the first-level cache, and nothing else: how fast their unit lets a kernel be. */
final class Roots implements Work, Threads.Task {
  private static final int CHUNK = 1024;
  private static final int OUT = CHUNK + 512; // half a page on, so that no load waits for a store whose address agrees in the last 12 bits
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

  private final int both;
  private final int roots;
  private final int divisions;
  private final int threads;
  private final int chunks;
  private final float[][] x;

  /** As many per element as a kernel has, for n elements on so many threads. */
  Roots(SlowOperations slow, int n, int threads) {
    both = Math.min(slow.roots(), slow.divisions());
    roots = slow.roots() - both;
    divisions = slow.divisions() - both;
    this.threads = threads;
    chunks = (n + CHUNK * threads - 1) / (CHUNK * threads);
    x = Values.arrays(threads, OUT + CHUNK, 1);
  }

  /** Elements of one run: a little more than were asked for. */
  long elements() {
    return (long) chunks * CHUNK * threads;
  }

  @Override
  public void run() {
    if (threads == 1) {
      run(0, 0);
    } else {
      Threads.run(this, threads);
    }
  }

  @Override
  public void run(int part, int worker) {
    for (int chunk = 0; chunk < chunks; chunk++) {
      for (int k = 0; k < both; k++) {
        quotientOfRoot(x[part]);
      }
      for (int k = 0; k < roots; k++) {
        root(x[part]);
      }
      for (int k = 0; k < divisions; k++) {
        quotient(x[part]);
      }
    }
  }

  private static void quotientOfRoot(float[] x) {
    FloatVector one = FloatVector.broadcast(F, 1);
    for (int i = 0, end = F.loopBound(CHUNK); i < end; i += F.length()) {
      one.div(FloatVector.fromArray(F, x, i).sqrt()).intoArray(x, i + OUT);
    }
  }

  private static void root(float[] x) {
    for (int i = 0, end = F.loopBound(CHUNK); i < end; i += F.length()) {
      FloatVector.fromArray(F, x, i).sqrt().intoArray(x, i + OUT);
    }
  }

  private static void quotient(float[] x) {
    FloatVector one = FloatVector.broadcast(F, 1);
    for (int i = 0, end = F.loopBound(CHUNK); i < end; i += F.length()) {
      one.div(FloatVector.fromArray(F, x, i)).intoArray(x, i + OUT);
    }
  }
}
