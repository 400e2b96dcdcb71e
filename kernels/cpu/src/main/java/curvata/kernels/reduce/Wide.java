package curvata.kernels.reduce;

import static curvata.kernels.internal.Species.D;
import static curvata.kernels.internal.Species.HALF_F;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Floats as doubles, one vector of them; linked only by SIMD bodies. */
final class Wide {
  private Wide() {}

  static DoubleVector wide(float[] x, int i) {
    return (DoubleVector) FloatVector.fromArray(HALF_F, x, i).convertShape(VectorOperators.F2D, D, 0);
  }
}
