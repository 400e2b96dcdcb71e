/**
 * One file per fused optimizer update: equation, scalars, the range loop twice (plain and Vector API).
 *
 * <p>No policy belongs here: hyperparameters, defaults and what changes from step to step are the rule's, in the optim module.
 */
package curvata.kernels.update;
