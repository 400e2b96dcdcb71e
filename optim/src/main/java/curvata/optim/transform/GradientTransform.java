package curvata.optim.transform;

/**
 * Changes the gradients of a step in place before any rule sees them.
 *
 * <p>Transforms run in the order they were added, each over all parameters of the optimizer.
 */
public interface GradientTransform {
  /** The gradients of all parameters, as far as a transform may touch them. */
  interface Gradients {
    /** Σ g² over all parameters, in double. */
    double sumOfSquares();

    /** g ← factor · g for all parameters, the factor rounded to float once. */
    void scale(double factor);
  }

  /** Applies the transform. */
  void apply(Gradients gradients);
}
