/**
 * What estimators share: orthonormal bases, running means, quantiles.
 *
 * <p>Nothing public API returns or takes belongs here; the package is not exported.
 */
package curvata.hessian.internal;
