/**
 * Exponential, logarithm, hyperbolic tangent and sigmoid of floats: one file per function, the same bits from a plain loop and from any vector width.
 *
 * <p>Layers, losses and anything that reads more than one element to make one do not belong here.
 */
package curvata.kernels.elementary;
