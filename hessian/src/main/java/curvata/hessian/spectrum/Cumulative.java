package curvata.hessian.spectrum;

/**
 * The share of eigenvalues at or below x, with bounds.
 *
 * <p>Lower and upper bound the probes' own average for certain (but for rounding); the true share differs from that by sampling, whose standard
 * deviation is given.
 *
 * @param x the points
 * @param lower a share that is surely reached
 * @param middle the estimate: the average staircase
 * @param upper a share that is surely not exceeded
 * @param samplingError √(2 F (1 − F) / (n + 2) / probes) for probes uniform on the sphere
 */
public record Cumulative(double[] x, double[] lower, double[] middle, double[] upper, double[] samplingError) {}
