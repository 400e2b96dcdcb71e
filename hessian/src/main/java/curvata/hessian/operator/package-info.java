/**
 * Operators made from matrices, gradients and other operators.
 *
 * <p>What is estimated from an operator does not belong here, nor do models: their exact Hessians live with them.
 */
package curvata.hessian.operator;
