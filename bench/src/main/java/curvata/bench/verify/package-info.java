/**
 * Replays recorded truth through the library and compares: trajectories of rules, learning-rate schedules, curvature.
 *
 * <p>No arithmetic of the methods belongs here: what is checked is what the library computes. A further kind of recording is one
 * {@code Format} and one line in {@code Formats}; a further rule's spelling is one entry in {@code References}.
 */
package curvata.bench.verify;
