/**
 * What a device is to the library: sessions, programs that are recorded once and run many times, buffers that live there.
 *
 * <p>No implementation belongs here, and no type of a device's own software: implementations are found by {@link java.util.ServiceLoader}.
 */
package curvata.kernels.device;
