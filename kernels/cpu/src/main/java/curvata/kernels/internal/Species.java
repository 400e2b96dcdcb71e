package curvata.kernels.internal;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The vector shapes of this process; touched only by SIMD bodies, so that it is never linked without the incubator module. */
public final class Species {
  /** Floats of the machine's preferred width. */
  public static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

  /** Ints with as many lanes as {@link #F}. */
  public static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

  /** Doubles of the preferred width: half as many lanes as {@link #F}. */
  public static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;

  /** Floats with as many lanes as {@link #D}, so that one widens into the other in one step. */
  public static final VectorSpecies<Float> HALF_F =
      VectorSpecies.of(float.class, VectorShape.forBitSize(FloatVector.SPECIES_PREFERRED.vectorBitSize() / 2));

  private Species() {}
}
