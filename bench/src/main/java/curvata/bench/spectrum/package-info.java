/**
 * What a spectrum looks like as a whole: both ends, trace, norm and density of one operator, and how they are shown.
 *
 * <p>Estimators themselves do not belong here.
 */
package curvata.bench.spectrum;
