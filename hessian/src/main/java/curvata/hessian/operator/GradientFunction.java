package curvata.hessian.operator;

/** The gradient of a loss at any weights: always of the same loss, on the same data, without dropout. */
public interface GradientFunction {
  /**
   * Writes the gradient.
   *
   * @param theta n weights, left unchanged
   * @param g receives n floats; another array
   */
  void gradient(float[] theta, float[] g);
}
