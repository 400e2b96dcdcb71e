package curvata.hessian.solve;

/**
 * A direction along which the operator is not positive: where a loss can be lowered, or where damping is too small.
 *
 * @param direction p, n floats, of no particular length
 * @param curvature pᵀAp / pᵀp ≤ 0, an upper bound of the smallest eigenvalue
 */
public record NegativeCurvature(float[] direction, double curvature) {}
