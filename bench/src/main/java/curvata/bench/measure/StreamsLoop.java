package curvata.bench.measure;

import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The arithmetic-free loop for one number of streams.
 *
 * <p>{@link Streams} loads this class anew for each shape, so that the counts are constants, what is not there is compiled away and each shape has a
 * profile of its own. Every array that is updated gets the bits back that it held: {@code bits | (what was read & 0)}, where only the caller knows
 * that the last number is 0. Two vectors a turn and all loads before all stores, as the fastest kernels; arrays that are only read go in quarters.
 */
final class StreamsLoop implements Streams.Loop {
  private static final Streams.Shape SHAPE = shape();
  private static final int READS = SHAPE.reads();
  private static final int UPDATES = SHAPE.updates();
  private static final int WRITES = SHAPE.writes();
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

  StreamsLoop() {}

  private static Streams.Shape shape() {
    try {
      return MethodHandles.classData(MethodHandles.lookup(), ConstantDescs.DEFAULT_NAME, Streams.Shape.class);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int run(float[][] a, int from, int to, int zero) {
    return UPDATES + WRITES == 0 ? reads(a, from, to) : all(a, from, to, zero);
  }

  /** Four quarters at once: a single stream from memory waits for the prefetcher at every page. */
  private static int reads(float[][] a, int from, int to) {
    float[] r0 = array(a, 0, READS);
    float[] r1 = array(a, 1, READS);
    float[] r2 = array(a, 2, READS);
    float[] r3 = array(a, 3, READS);
    int quarter = F.loopBound(Math.max(0, to - from) / 4);
    IntVector read = IntVector.zero(I);
    for (int i = from, end = from + quarter; i < end; i += F.length()) {
      read = read.or(quarters(r0, i, quarter));
      read = READS > 1 ? read.or(quarters(r1, i, quarter)) : read;
      read = READS > 2 ? read.or(quarters(r2, i, quarter)) : read;
      read = READS > 3 ? read.or(quarters(r3, i, quarter)) : read;
    }
    return read.lane(0);
  }

  private static IntVector quarters(float[] x, int i, int quarter) {
    return load(x, i).or(load(x, i + quarter)).or(load(x, i + 2 * quarter).or(load(x, i + 3 * quarter)));
  }

  private static int all(float[][] a, int from, int to, int zero) {
    float[] r0 = array(a, 0, READS);
    float[] r1 = array(a, 1, READS);
    float[] r2 = array(a, 2, READS);
    float[] r3 = array(a, 3, READS);
    float[] u0 = array(a, READS, READS + UPDATES);
    float[] u1 = array(a, READS + 1, READS + UPDATES);
    float[] u2 = array(a, READS + 2, READS + UPDATES);
    float[] u3 = array(a, READS + 3, READS + UPDATES);
    float[] u4 = array(a, READS + 4, READS + UPDATES);
    float[] w0 = array(a, READS + UPDATES, READS + UPDATES + WRITES);
    float[] w1 = array(a, READS + UPDATES + 1, READS + UPDATES + WRITES);
    IntVector zeros = IntVector.broadcast(I, zero);
    int i = from;
    for (int end = from + (to - from & -2 * F.length()); i < end; i += 2 * F.length()) {
      int j = i + F.length();
      IntVector none = zeros;
      if (READS > 0) {
        IntVector x = load(r0, i).or(load(r0, j));
        x = READS > 1 ? x.or(load(r1, i)).or(load(r1, j)) : x;
        x = READS > 2 ? x.or(load(r2, i)).or(load(r2, j)) : x;
        x = READS > 3 ? x.or(load(r3, i)).or(load(r3, j)) : x;
        none = x.and(zeros);
      }
      IntVector a0 = UPDATES > 0 ? load(u0, i).or(none) : none;
      IntVector b0 = UPDATES > 0 ? load(u0, j).or(none) : none;
      IntVector a1 = UPDATES > 1 ? load(u1, i).or(none) : none;
      IntVector b1 = UPDATES > 1 ? load(u1, j).or(none) : none;
      IntVector a2 = UPDATES > 2 ? load(u2, i).or(none) : none;
      IntVector b2 = UPDATES > 2 ? load(u2, j).or(none) : none;
      IntVector a3 = UPDATES > 3 ? load(u3, i).or(none) : none;
      IntVector b3 = UPDATES > 3 ? load(u3, j).or(none) : none;
      IntVector a4 = UPDATES > 4 ? load(u4, i).or(none) : none;
      IntVector b4 = UPDATES > 4 ? load(u4, j).or(none) : none;
      if (UPDATES > 0) {
        store(u0, i, a0);
        store(u0, j, b0);
      }
      if (UPDATES > 1) {
        store(u1, i, a1);
        store(u1, j, b1);
      }
      if (UPDATES > 2) {
        store(u2, i, a2);
        store(u2, j, b2);
      }
      if (UPDATES > 3) {
        store(u3, i, a3);
        store(u3, j, b3);
      }
      if (UPDATES > 4) {
        store(u4, i, a4);
        store(u4, j, b4);
      }
      if (WRITES > 0) {
        store(w0, i, none);
        store(w0, j, none);
      }
      if (WRITES > 1) {
        store(w1, i, none);
        store(w1, j, none);
      }
    }
    return zero;
  }

  private static float[] array(float[][] arrays, int index, int end) {
    return index < end ? arrays[index] : null;
  }

  private static IntVector load(float[] x, int i) {
    return FloatVector.fromArray(F, x, i).reinterpretAsInts();
  }

  private static void store(float[] x, int i, IntVector bits) {
    bits.reinterpretAsFloats().intoArray(x, i);
  }
}
