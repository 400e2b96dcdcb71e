package curvata.hessian.solve;

/** Why a solver ended. */
public enum Ending {
  /** ‖b − A x‖ ≤ tolerance · ‖b‖, found by products with x, not by a recurrence. */
  TOLERANCE,
  /** The products that were granted are used up. */
  BUDGET,
  /** The rounding of products leaves no further progress: x is as good as this operator allows. */
  PRECISION,
  /** A direction p with pᵀAp ≤ 0 was met, which conjugate gradients cannot pass. */
  NEGATIVE_CURVATURE,
  /** A r = 0 but for rounding: b has a part that a singular operator cannot reach, and x is a solution of the least squares problem. */
  LEAST_SQUARES
}
