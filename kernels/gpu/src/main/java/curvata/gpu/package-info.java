/**
 * Devices that TornadoVM reaches: finding them, sessions, buffers, programs, and the registry of kernels' twins.
 *
 * <p>The kernels themselves belong in the packages below, in files named after their CPU siblings.
 */
package curvata.gpu;
