package curvata.hessian.spectrum;

/**
 * An approximate eigenvalue with its vector.
 *
 * @param value θ
 * @param vector x, of norm 1; its sign is arbitrary
 * @param residual ‖A x − θ x‖ as the iteration has it, or the error of products where that is more; some eigenvalue lies within it of θ
 */
public record Eigenpair(double value, float[] vector, double residual) {}
