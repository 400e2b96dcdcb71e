package curvata.hessian;

import curvata.hessian.operator.DifferenceHessian;
import curvata.hessian.operator.ScaledOperator;
import curvata.hessian.solve.ConjugateGradients;
import curvata.hessian.solve.Minres;
import curvata.hessian.spectrum.ChebyshevDensity;
import curvata.hessian.spectrum.Eigenpair;
import curvata.hessian.spectrum.Eigenpairs;
import curvata.hessian.spectrum.LanczosQuadrature;
import curvata.hessian.spectrum.Quadrature;
import curvata.hessian.spectrum.SpectralDensity;
import curvata.hessian.spectrum.ThickRestart;
import curvata.hessian.trace.HutchPlusPlus;
import curvata.hessian.trace.Hutchinson;
import curvata.hessian.trace.XNysTrace;
import curvata.hessian.trace.XTrace;
import curvata.kernels.random.Gaussian;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Prints the hash of everything that estimators return for two fixed operators, large enough for several threads. */
final class Bits {
  private static final int LARGE = 34_000;
  private final MessageDigest digest;

  private Bits() throws Exception {
    digest = MessageDigest.getInstance("SHA-256");
  }

  public static void main(String[] args) throws Exception {
    Bits bits = new Bits();
    bits.estimates(dense(), 20);
    float[] weights = new float[LARGE];
    Gaussian.fill(1, 0, weights, 0, LARGE);
    bits.estimates(DifferenceHessian.of((x, g) -> {
      for (int i = 0; i < LARGE; i++) { // of Σ d_i x_i² + x_i⁴, d three outliers and a bulk
        g[i] = (i < 3 ? 40f * (i + 1) : (i & 15) * 0.1f) * x[i] + 0.01f * x[i] * x[i] * x[i];
      }
    }, weights), 6);
    System.out.println(HexFormat.of().formatHex(bits.digest.digest()));
  }

  private static LinearOperator dense() {
    double[] lambda = new double[220];
    for (int i = 0; i < lambda.length; i++) {
      lambda[i] = i < 5 ? 10 + i : 1e-3 * (i + 1);
    }
    return Matrices.withEigenvalues(lambda, 1);
  }

  private void estimates(LinearOperator a, int probes) {
    Hutchinson.Result h = Hutchinson.fixed(Probes.rademacher(1), probes).withBlock(3).withDiagonal().estimate(a);
    add(h.trace());
    add(h.squaredFrobenius());
    add(h.diagonal().orElseThrow().value());
    add(h.diagonal().orElseThrow().standardError());
    add(new HutchPlusPlus(Probes.sphere(2), probes / 2, probes / 2).estimate(a).trace());
    add(XTrace.budget(3, probes).estimate(a).trace());
    add(XNysTrace.budget(4, probes).estimate(a));
    Eigenpairs pairs = ThickRestart.ends(2, 1).withTolerance(1e-3).withMaxMatvecs(60).solve(a);
    for (Eigenpair pair : pairs.top()) {
      add(pair.value(), pair.residual());
      add(pair.vector());
    }
    SpectralDensity d = LanczosQuadrature.of(5).withSize(2, probes).estimate(a);
    for (Quadrature q : d.quadratures()) {
      add(q.nodes());
      add(q.weights());
    }
    add(d.nodeWidth(100, d.range()).y());
    add(d.binned(new double[] {-1, 0, 0.05, 100}, d.width(d.range())));
    float[] right = new float[a.dimension()];
    Gaussian.fill(7, 0, right, 0, right.length);
    add(new Minres(1e-4, 60, probes).solve(a, right).x());
    add(new ConjugateGradients(1e-4, 60).solve(new ScaledOperator(1, a, 3), right).x());
    add(ChebyshevDensity.of(a, Probes.gaussian(6), 1, 10, new Interval(-10, 200)).moments());
  }

  private void add(Estimate e) {
    add(e.value(), e.standardError(), e.halfWidth(0.95));
    add(e.samples());
  }

  private void add(double... x) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * x.length);
    for (double value : x) {
      bytes.putDouble(value);
    }
    digest.update(bytes.array());
  }

  private void add(float[] x) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * x.length);
    for (float value : x) {
      bytes.putFloat(value);
    }
    digest.update(bytes.array());
  }
}
