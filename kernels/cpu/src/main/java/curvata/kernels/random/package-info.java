/**
 * Random numbers without state: every value is a function of a seed, a stream and an index, so any part of a sequence can be had alone, in any order.
 *
 * <p>What the numbers are for (probes, shuffles, initial weights) does not belong here.
 */
package curvata.kernels.random;
