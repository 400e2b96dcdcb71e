package curvata.bench.model;

import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import java.util.Objects;

/** A matrix over the parameters of a network, at the point where it stands: what its operators share. */
abstract sealed class MlpOperator implements LinearOperator permits MlpHessian, MlpGaussNewton, MlpFisher {
  final MlpPoint point;

  MlpOperator(MlpPoint point) {
    this.point = Objects.requireNonNull(point, "point");
  }

  @Override
  public final int dimension() {
    return point.size();
  }

  @Override
  public final void apply(float[] x, float[] y) {
    applyBlock(x, y, 1);
  }

  /** One by one, without copies; each has the bits of {@link #apply}. */
  @Override
  public final void applyBlock(float[] x, float[] y, int count) {
    int n = dimension();
    int end = Math.multiplyExact(count, n);
    Checks.range("x", x, 0, end);
    Checks.range("y", y, 0, end);
    for (int at = 0; at < end; at += n) {
      multiply(x, y, at);
    }
  }

  /** y ← A x, both from an offset on. */
  abstract void multiply(float[] x, float[] y, int at);
}
