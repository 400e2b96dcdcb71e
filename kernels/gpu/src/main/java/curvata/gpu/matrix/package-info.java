/**
 * Products, symmetric products and Newton–Schulz.
 *
 * <p>No session, plan or policy belongs here.
 */
package curvata.gpu.matrix;
