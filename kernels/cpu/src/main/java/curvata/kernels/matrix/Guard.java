package curvata.kernels.matrix;

/** How the norm becomes the number that the input of {@link NewtonSchulz} is divided by. */
public enum Guard {
  /** s ‖X‖: the result does not depend on the scale of the input, however small. */
  SCALE_INVARIANT {
    @Override
    double denominator(double norm, double scale, double eps) {
      return scale * norm;
    }
  },
  /** s ‖X‖ + ε, as Muon and most libraries: inputs below about ε come out small. */
  ADD {
    @Override
    double denominator(double norm, double scale, double eps) {
      return scale * norm + eps;
    }
  },
  /** s max(‖X‖, ε), as torch. */
  MAX {
    @Override
    double denominator(double norm, double scale, double eps) {
      return scale * Math.max(norm, eps);
    }
  };

  abstract double denominator(double norm, double scale, double eps);
}
