package curvata.kernels.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The vector shapes of this process; touched only by SIMD bodies, so that it is never linked without the incubator module. */
public final class Species {
  /** The machine's preferred width, at most 512 bits: reductions have 16 lanes of doubles, two vectors of that width. */
  private static final int BITS = Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize());

  /** Floats. */
  public static final VectorSpecies<Float> F = VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));

  /** Ints with as many lanes as {@link #F}. */
  public static final VectorSpecies<Integer> I = F.withLanes(int.class);

  /** Doubles of the same width: half as many lanes as {@link #F}. */
  public static final VectorSpecies<Double> D = VectorSpecies.of(double.class, VectorShape.forBitSize(BITS));

  /** Floats with as many lanes as {@link #D}, so that one widens into the other in one step. */
  public static final VectorSpecies<Float> HALF_F = VectorSpecies.of(float.class, VectorShape.forBitSize(BITS / 2));

  private Species() {}
}
