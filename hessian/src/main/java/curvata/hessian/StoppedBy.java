package curvata.hessian;

/** Why an iteration ended. */
public enum StoppedBy {
  /** What was asked for is reached. */
  TOLERANCE,
  /** The products that were granted are used up. */
  BUDGET
}
