/**
 * The layers of a small network: bias, activation, loss, and back.
 *
 * <p>No session, plan or policy belongs here.
 */
package curvata.gpu.layer;
