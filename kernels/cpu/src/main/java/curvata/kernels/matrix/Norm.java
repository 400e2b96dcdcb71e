package curvata.kernels.matrix;

/**
 * What stands for ‖X‖ in {@link NewtonSchulz}: a number that no singular value exceeds. All but the first come from A and A² of the first step and cost
 * no product more.
 */
public enum Norm {
  /** √Σ x²: safe, and far above the largest singular value where many are alike. */
  FROBENIUS,
  /** ‖A‖_F^(1/2) = (Σ σ⁴)^(1/4). */
  SCHATTEN_4,
  /** ‖A²‖_F^(1/4) = (Σ σ⁸)^(1/8): within 1.5 of the largest singular value of a Gaussian matrix of 256 rows. One product more for degree 3. */
  SCHATTEN_8,
  /** √max_i Σ_j |a_ij|: a bound on the spectral norm. */
  ROW_SUMS,
  /**
   * Each row (column of a tall X) divided by √Σ_j |a_ij|: singular values end at most 1, but this is not the polar factor of the input.
   *
   * @see <a href="https://arxiv.org/abs/2208.03160">Prach, Lampert: Almost-Orthogonal Layers for Efficient General-Purpose Lipschitz Networks</a>
   */
  ROW_RESCALED
}
