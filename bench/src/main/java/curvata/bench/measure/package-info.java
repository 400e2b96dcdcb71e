/**
 * Measures kernels against this machine's limits, in one process and in turn; what JMH and the command line share.
 *
 * <p>No options, files or tables belong here, and no kernel: what a row measures is the library's own code, called as a user would.
 */
package curvata.bench.measure;
