package curvata.kernels.vector;

import static curvata.kernels.internal.Species.D;
import static curvata.kernels.internal.Species.HALF_F;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Floats as doubles and back, one vector of them; linked only by SIMD bodies. */
final class Wide {
  private Wide() {}

  static DoubleVector load(float[] x, int i) {
    return (DoubleVector) FloatVector.fromArray(HALF_F, x, i).convertShape(VectorOperators.F2D, D, 0);
  }

  static void store(DoubleVector v, float[] x, int i) {
    ((FloatVector) v.convertShape(VectorOperators.D2F, HALF_F, 0)).intoArray(x, i);
  }
}
