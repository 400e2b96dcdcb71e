/**
 * The doors every kernel shares: the backend, threads, scratch, argument checks and the {@link curvata.kernels.Kernel} type.
 *
 * <p>Policy (which rule, which rate, which parameter) does not belong here; nor does any arithmetic, which sits in the sibling packages.
 */
package curvata.kernels;
