/**
 * Libraries from Maven Central, native and in Java, as peers of the benchmarks.
 *
 * <p>What is measured, and peers that need no dependency, belong to {@code curvata.bench.measure}.
 */
package curvata.bench.peers;
