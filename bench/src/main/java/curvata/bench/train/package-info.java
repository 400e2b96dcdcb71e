/**
 * A training run: settings, steps, evaluations, and the files from which it can be resumed bit for bit.
 *
 * <p>Options as they are typed, terminals and pages do not belong here.
 */
package curvata.bench.train;
