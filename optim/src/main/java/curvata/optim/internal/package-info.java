/**
 * Spelling: records as {@code name:key=value,…}, and the nearest valid name for a wrong one.
 *
 * <p>No optimizer logic belongs here; the package is not exported.
 */
package curvata.optim.internal;
