/**
 * Plain vector arithmetic for iterations on float data with double coefficients: scaling, sums of two vectors, combinations of many.
 *
 * <p>Reductions, optimizer updates and products of matrices do not belong here.
 */
package curvata.kernels.vector;
