/**
 * Parameters, rules and the optimizer that drives the fixed step pipeline; the catalog of rules.
 *
 * <p>Arithmetic over elements does not belong here (it is in the kernels), nor does anything that computes gradients or curvature.
 */
package curvata.optim;
