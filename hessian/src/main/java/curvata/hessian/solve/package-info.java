/**
 * Linear systems with an operator known by its products: damped Newton directions, inverse products.
 *
 * <p>Inverses of matrices that are stored do not belong here.
 */
package curvata.hessian.solve;
