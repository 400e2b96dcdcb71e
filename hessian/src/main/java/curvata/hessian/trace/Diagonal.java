package curvata.hessian.trace;

/**
 * An estimate of an operator's diagonal with an error for each element.
 *
 * @param value d, n floats
 * @param standardError n floats; infinite from a single probe
 * @param samples probes that were averaged
 */
public record Diagonal(float[] value, float[] standardError, int samples) {}
