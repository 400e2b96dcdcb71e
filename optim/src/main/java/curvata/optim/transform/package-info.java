/**
 * What happens to gradients before the rules see them: clipping.
 *
 * <p>Updates of parameters do not belong here; a fused rule is never built by chaining transforms.
 */
package curvata.optim.transform;
