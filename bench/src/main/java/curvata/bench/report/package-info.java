/**
 * Pages that show results: self-contained HTML with SVG plots, readable on a phone and in the dark.
 *
 * <p>What is shown is computed elsewhere.
 */
package curvata.bench.report;
