/**
 * Reductions whose bits depend on the data alone: sum, sum of squares, dot product and largest magnitude, one or several in a sweep of memory.
 *
 * <p>What is done with the results (norms, ratios, clipping) does not belong here, nor do products of matrices.
 */
package curvata.kernels.reduce;
