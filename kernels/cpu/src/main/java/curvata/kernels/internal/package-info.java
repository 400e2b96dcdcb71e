/**
 * What only this module may see: vector species and how the backend is chosen.
 *
 * <p>Nothing public API returns or takes belongs here; the package is not exported.
 */
package curvata.kernels.internal;
