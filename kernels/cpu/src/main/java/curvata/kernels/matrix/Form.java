package curvata.kernels.matrix;

/** Which matrices the steps of {@link NewtonSchulz} run on. */
public enum Form {
  /** By shape and polynomials: Gram where it needs fewer operations. */
  AUTO,
  /** X itself. */
  STANDARD,
  /** R = X Xᵀ, and X only at the end and at restarts, whose places the polynomials decide; none where ‖R‖_F says that they are not needed. */
  GRAM
}
