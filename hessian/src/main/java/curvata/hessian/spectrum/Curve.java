package curvata.hessian.spectrum;

/**
 * A function on a grid.
 *
 * @param x the grid, ascending
 * @param y values at it
 */
public record Curve(double[] x, double[] y) {}
