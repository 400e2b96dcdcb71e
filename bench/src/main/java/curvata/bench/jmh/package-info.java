/**
 * JMH benchmarks, one class per family of kernels, over the set-ups that the command line's rows use.
 *
 * <p>No set-up belongs here: what is timed is made in {@code curvata.bench.measure}, so that both ways to measure time the same thing.
 */
package curvata.bench.jmh;
