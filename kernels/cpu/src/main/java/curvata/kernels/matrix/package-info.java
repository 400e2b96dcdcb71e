/**
 * Dense matrices: products in one fixed order of additions, and the Newton–Schulz iterations, roots and normalizations built from them.
 *
 * <p>What an optimizer does with the result (scaling, momentum, reshaping of more than two dimensions) does not belong here.
 */
package curvata.kernels.matrix;
