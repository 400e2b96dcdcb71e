/**
 * Storage formats: floats to fewer bits and back, value by value.
 *
 * <p>Arithmetic on stored values does not belong here: kernels compute on floats.
 */
package curvata.kernels.codec;
