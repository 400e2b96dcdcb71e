package curvata.bench.verify;

import curvata.hessian.Interval;
import curvata.hessian.Probes;
import curvata.hessian.operator.DenseOperator;

/**
 * The inputs of one recorded matrix.
 *
 * @param n rows
 * @param a the matrix, rounded to floats
 * @param operator its products
 * @param positive whether it is positive semidefinite
 * @param signs the sign probes
 * @param normals the normal probes
 * @param start of Lanczos' iteration
 * @param x where cumulative distributions are wanted
 * @param interval that holds the spectrum
 * @param sizes how much of everything
 */
record MatrixCase(
    int n, float[] a, DenseOperator operator, boolean positive, Probes signs, Probes normals, float[] start, double[] x, Interval interval,
    MatrixSizes sizes) {}
