package curvata.kernels.matrix;

import curvata.kernels.Checks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * A named sequence of polynomials, applied one after the other.
 *
 * <p>{@link #named} has every published set: the name of the family, then the number of steps.
 *
 * @param name how it is called on a command line and in a report
 * @param steps the polynomials, first applied first
 */
public record Coefficients(String name, List<OddPolynomial> steps) {
  /** Raw rows for [10⁻³, 1]: what {@link Minimax} makes of κ = 0.02407327424182761; the last is repeated. */
  private static final double[][] POLAR = {
    {8.28721201814563, -23.595886519098837, 17.300387312530933},
    {4.107059111542203, -2.9478499167379106, 0.5448431082926601},
    {3.9486908534822946, -2.908902115962949, 0.5518191394370137},
    {3.3184196573706015, -2.488488024314874, 0.51004894012372},
    {2.300652019954817, -1.6689039845747493, 0.4188073119525673},
    {1.891301407787398, -1.2679958271945868, 0.37680408948524835},
    {1.8750014808534479, -1.2500016453999487, 0.3750001645474248},
    {1.875, -1.25, 0.375}
  };

  private static final double[][] POLAR_SPEEDRUN = {
    {8.156554524902461, -22.48329292557795, 15.878769915207462},
    {4.042929935166739, -2.808917465908714, 0.5000178451051316},
    {3.8916678022926607, -2.772484153217685, 0.5060648178503393},
    {3.285753657755655, -2.3681294933425376, 0.46449024233003106},
    {2.3465413258596377, -1.7097828382687081, 0.42323551169305323}
  };

  private static final double[][] YOU = {
    {4.0848, -6.8946, 2.9270}, {3.9505, -6.3029, 2.6377}, {3.7418, -5.5913, 2.3037}, {2.8769, -3.1427, 1.2046}, {2.8366, -3.0525, 1.2012}
  };

  private static final double[][] AOL = {
    {4.6051, -9.6552, 5.6769}, {4.7505, -6.0861, 2.1790}, {2.7763, -2.3190, 0.5523}, {2.4231, -2.2861, 0.8193}
  };

  private static final double[][] DEGREE9_3 = {
    {13.63777562418762, -111.79672912680404, 346.9878309499047, -426.67092189329605, 179.35473831803392},
    {6.5992360656594595, -13.710783615742843, 10.78525653979778, -3.3611843912941666, 0.35809248159716156},
    {5.498547082076533, -12.603549459076751, 10.937986475082564, -3.76075939816458, 0.44203303100071856}
  };

  private static final double[][] DEGREE9_4 = {
    DEGREE9_3[0], DEGREE9_3[1],
    {5.444106021857954, -12.232880933898688, 10.40711882254775, -3.507728190077644, 0.40416840387343306},
    {2.9201248174361782, -4.74532763048247, 4.415285076782622, -1.9126110735167783, 0.3065658480992649}
  };

  private static final double POLAR_CUSHION = 0.02407327424182761;
  private static final int MOST_STEPS = 1000;

  /**
   * One family of sets.
   *
   * @param prefix what the name begins with; the number of steps follows
   * @param most the largest number of steps
   * @param margin on the norm, that its first polynomial was made for
   * @param of the set of so many steps
   */
  private record Family(String prefix, int most, double margin, IntFunction<Coefficients> of) {
    /** The number of steps that a name asks for; 0 where it is none of this family. */
    int steps(String name) {
      String steps = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
      return steps.matches("[1-9][0-9]{0,3}") && Integer.parseInt(steps) <= most ? Integer.parseInt(steps) : 0;
    }
  }

  /** Prefixes that begin with another come first. */
  private static final List<Family> FAMILIES =
      List.of(
          new Family("cubic", MOST_STEPS, 1, Coefficients::cubic),
          new Family("quintic", MOST_STEPS, 1, Coefficients::quintic),
          new Family("muon", MOST_STEPS, 1, Coefficients::muon),
          new Family("you", YOU.length, 1, Coefficients::you),
          new Family("polar_speedrun", POLAR_SPEEDRUN.length, 1.02, Coefficients::polarSpeedrun),
          new Family("polar_l1e-6_", MOST_STEPS, 1.001, Coefficients::polarWide),
          new Family("polar105_", 5, 1, Coefficients::polarSafe105),
          new Family("polar", MOST_STEPS, 1.01, Coefficients::polar),
          new Family("degree9_", MOST_STEPS, 1.01, Coefficients::degree9),
          new Family("aol", AOL.length, 1, Coefficients::aol));

  /**
   * Copies the list.
   *
   * @throws NullPointerException if the list or an element is null
   * @throws IllegalArgumentException if there is no name or no step
   */
  public Coefficients {
    steps = List.copyOf(steps);
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("name = " + name + ", expected one");
    }
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("steps of " + name + " = 0, expected at least one");
    }
  }

  /**
   * A set by its name: {@code cubicN}, {@code quinticN}, {@code muonN}, {@code youN} (N ≤ 5), {@code polarN}, {@code polar105_N} (N ≤ 5),
   * {@code polar_speedrunN} (N ≤ 5), {@code polar_l1e-6_N}, {@code degree9_N} (N ≥ 3), {@code aolN} (N ≤ 4).
   *
   * @throws NullPointerException if the name is null
   * @throws IllegalArgumentException if there is none of this name
   */
  public static Coefficients named(String name) {
    Family family = family(name);
    return family.of.apply(family.steps(name));
  }

  /** The margin on the norm that the set of this name was made for. Throws as {@link #named}. */
  static double margin(String name) {
    return family(name).margin;
  }

  private static Family family(String name) {
    Objects.requireNonNull(name, "name");
    return FAMILIES.stream().filter(f -> f.steps(name) > 0).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("method = " + name + ", expected one of " + String.join(", ", names()) + " (N steps)"));
  }

  /** How names are formed, for help texts: each family with what follows its prefix. */
  public static List<String> names() {
    return FAMILIES.stream().map(f -> f.prefix + (f.most == MOST_STEPS ? "N" : "N<=" + f.most)).toList();
  }

  /** {@link OddPolynomial#CUBIC}, repeated. */
  public static Coefficients cubic(int steps) {
    return repeated("cubic" + steps, OddPolynomial.CUBIC, steps);
  }

  /** {@link OddPolynomial#QUINTIC}, repeated. */
  public static Coefficients quintic(int steps) {
    return repeated("quintic" + steps, OddPolynomial.QUINTIC, steps);
  }

  /** {@link OddPolynomial#MUON}, repeated; 5 steps are what its authors train with. */
  public static Coefficients muon(int steps) {
    return repeated("muon" + steps, OddPolynomial.MUON, steps);
  }

  /** You's five different quintics (2025), or the first of them; the default of several libraries. */
  public static Coefficients you(int steps) {
    return new Coefficients("you" + steps, first("you", YOU, steps, 1, false));
  }

  /**
   * Minimax quintics for [10⁻³, 1] with safety 1.01 in all but the eighth, which is repeated: for X / (1.01 ‖X‖).
   *
   * @see <a href="https://arxiv.org/abs/2505.16932">Amsel, Persson, Musco, Gower: The Polar Express</a>
   */
  public static Coefficients polar(int steps) {
    return new Coefficients("polar" + steps, first("polar", POLAR, steps, 1.01, true));
  }

  /** The rows of {@link #polar} with safety 1.05 in every one, as one library has them. */
  public static Coefficients polarSafe105(int steps) {
    Checks.that(steps >= 1 && steps <= 5, "steps of polar105_", steps, "1 to 5");
    List<OddPolynomial> rows = first("polar105_", POLAR, steps, 1, true);
    return new Coefficients("polar105_" + steps, rows.stream().map(p -> p.stretched(1.05)).toList());
  }

  /** The five rows of a record training script, made for X / (1.02 ‖X‖ + 1e-6). */
  public static Coefficients polarSpeedrun(int steps) {
    return new Coefficients("polar_speedrun" + steps, first("polar_speedrun", POLAR_SPEEDRUN, steps, 1, false));
  }

  /**
   * Minimax quintics for [10⁻⁶, 1] with safety 1.001: for ill-conditioned input; 10 steps reach float accuracy. Slope 10⁶ at 0: in directions where
   * the input vanishes its rounding errors grow by that much.
   */
  public static Coefficients polarWide(int steps) {
    String name = "polar_l1e-6_" + steps;
    return Minimax.stretched(Minimax.composition(name, 5, 1e-6, steps, POLAR_CUSHION, 1), 1.001);
  }

  /**
   * Minimax polynomials of degree 9 for [10⁻³, 1], safety 1.01: three coarse ones, four to within 0.02 of 1; from the fifth on
   * {@link OddPolynomial#NONIC}. For X / (1.01 ‖X‖). Best quality per operation.
   */
  public static Coefficients degree9(int steps) {
    Checks.that(steps >= 3, "steps of degree9", steps, "at least 3");
    List<OddPolynomial> rows = new ArrayList<>(rows(steps == 3 ? DEGREE9_3 : DEGREE9_4));
    while (rows.size() < steps) {
      rows.add(OddPolynomial.NONIC);
    }
    return new Coefficients("degree9_" + steps, rows);
  }

  /** Four rows found by search, for rows of X rescaled by {@link Norm#ROW_RESCALED}: another method, not the polar factor. */
  public static Coefficients aol(int steps) {
    return new Coefficients("aol" + steps, first("aol", AOL, steps, 1, false));
  }

  /**
   * One polynomial several times.
   *
   * @throws IllegalArgumentException if {@code steps < 1}
   */
  public static Coefficients repeated(String name, OddPolynomial step, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps of " + name + " = " + steps + ", expected at least one");
    }
    return new Coefficients(name, Collections.nCopies(steps, step));
  }

  /** So many rows, all but the last row of the table stretched; beyond the table the last one again, where it may be. */
  private static List<OddPolynomial> first(String name, double[][] table, int steps, double safety, boolean repeat) {
    String expected = repeat ? "at least 1" : "1 to " + table.length;
    Checks.that(steps >= 1 && (repeat || steps <= table.length), "steps of " + name, steps, expected);
    List<OddPolynomial> rows = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      boolean last = i >= table.length - 1;
      rows.add(OddPolynomial.of(table[last ? table.length - 1 : i]).stretched(last ? 1 : safety));
    }
    return rows;
  }

  private static List<OddPolynomial> rows(double[][] table) {
    return java.util.Arrays.stream(table).map(OddPolynomial::of).toList();
  }

  /** The highest degree among the steps. */
  public int degree() {
    int degree = 0;
    for (int i = 0; i < steps.size(); i++) { // by index, here and below: an iterator would be allocated in every call of a kernel
      degree = Math.max(degree, steps.get(i).degree());
    }
    return degree;
  }

  /** The slope of the composition at 0: by how much rounding errors grow in directions where the input vanishes. */
  public double slope() {
    double slope = 1;
    for (int i = 0; i < steps.size(); i++) {
      slope *= steps.get(i).a();
    }
    return slope;
  }

  /** What the sequence makes of one singular value. */
  public double at(double sigma) {
    double x = sigma;
    for (OddPolynomial step : steps) {
      x = step.at(x);
    }
    return x;
  }
}
