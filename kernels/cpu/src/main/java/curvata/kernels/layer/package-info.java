/**
 * What a multilayer perceptron needs around its products: bias, activation and loss, forward and backward, over contiguous rows.
 *
 * <p>Products do not belong here (see {@code matrix}), nor does any policy: networks, batches and threads are the caller's, who
 * may split rows at will.
 */
package curvata.kernels.layer;
