/**
 * Twins of the fused optimizer updates, one file for each CPU sibling.
 *
 * <p>No session, plan or policy belongs here.
 */
package curvata.gpu.update;
