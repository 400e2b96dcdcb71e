/**
 * One record per rule: hyperparameters, defaults, ranges, and how they become a step's scalars.
 *
 * <p>No loop over elements belongs here, and no state.
 */
package curvata.optim.rule;
