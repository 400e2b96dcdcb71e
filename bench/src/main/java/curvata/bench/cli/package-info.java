/**
 * One class per command: options, messages, exit codes.
 *
 * <p>What a command computes belongs in the packages beside this one, where tests and other programs can call it.
 */
package curvata.bench.cli;
