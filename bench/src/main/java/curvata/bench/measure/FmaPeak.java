package curvata.bench.measure;

import curvata.kernels.Threads;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Fused multiply-adds in registers and nothing else: how fast this machine lets any product be; its chains differ, or they would become one. */
final class FmaPeak implements Work, Threads.Task {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int TURNS = 200_000;
  private static final int CHAINS = 12; // more than latency times units of any processor so far

  private final int threads;
  private final float[] sink;

  /** On so many threads. */
  FmaPeak(int threads) {
    this.threads = threads;
    this.sink = new float[threads * F.length()];
  }

  /** Floating-point operations of one run: two per multiply-add. */
  double flops() {
    return 2.0 * TURNS * CHAINS * F.length() * threads;
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
    chains(sink, part * F.length());
  }

  private static void chains(float[] sink, int at) {
    FloatVector x = FloatVector.broadcast(F, 0.999f);
    FloatVector y = FloatVector.broadcast(F, 0.001f);
    FloatVector a = FloatVector.broadcast(F, 1);
    FloatVector b = FloatVector.broadcast(F, 2);
    FloatVector c = FloatVector.broadcast(F, 3);
    FloatVector d = FloatVector.broadcast(F, 4);
    FloatVector e = FloatVector.broadcast(F, 5);
    FloatVector f = FloatVector.broadcast(F, 6);
    FloatVector g = FloatVector.broadcast(F, 7);
    FloatVector h = FloatVector.broadcast(F, 8);
    FloatVector i = FloatVector.broadcast(F, 9);
    FloatVector j = FloatVector.broadcast(F, 10);
    FloatVector k = FloatVector.broadcast(F, 11);
    FloatVector l = FloatVector.broadcast(F, 12);
    for (int turn = 0; turn < TURNS; turn++) {
      a = a.fma(x, y);
      b = b.fma(x, y);
      c = c.fma(x, y);
      d = d.fma(x, y);
      e = e.fma(x, y);
      f = f.fma(x, y);
      g = g.fma(x, y);
      h = h.fma(x, y);
      i = i.fma(x, y);
      j = j.fma(x, y);
      k = k.fma(x, y);
      l = l.fma(x, y);
    }
    a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l).intoArray(sink, at);
  }
}
