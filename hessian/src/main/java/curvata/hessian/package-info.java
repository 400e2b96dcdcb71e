/**
 * The symmetric linear operator that every estimator sees.
 *
 * <p>Models, losses and optimizers do not belong here.
 */
package curvata.hessian;
