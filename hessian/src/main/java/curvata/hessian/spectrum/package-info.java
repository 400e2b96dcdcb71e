/**
 * Eigenvalues at the ends of a spectrum and its density as a whole, by Krylov spaces; small dense eigenproblems.
 *
 * <p>Estimates that average probes without a Krylov space do not belong here.
 */
package curvata.hessian.spectrum;
