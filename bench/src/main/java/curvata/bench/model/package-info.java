/**
 * Small networks on the library's kernels, and the data they train on.
 *
 * <p>Optimizers, loops over batches and files of a run do not belong here.
 */
package curvata.bench.model;
