/**
 * Counter-based random numbers.
 *
 * <p>No session, plan or policy belongs here.
 */
package curvata.gpu.random;
