/**
 * Reductions in two stages: partial values of blocks, then one value for each tensor, row or column.
 *
 * <p>No session, plan or policy belongs here.
 */
package curvata.gpu.reduce;
