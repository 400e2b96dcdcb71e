/**
 * The program: its entry point and what every command shares.
 *
 * <p>No numerics belong here; they are in the library's modules.
 */
package curvata.bench;
