/**
 * Stochastic estimates of traces, Frobenius norms and diagonals, with error bars.
 *
 * <p>Anything that needs eigenvalues does not belong here.
 */
package curvata.hessian.trace;
