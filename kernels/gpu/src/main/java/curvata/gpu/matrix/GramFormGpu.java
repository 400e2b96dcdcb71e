package curvata.gpu.matrix;

import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.OddPolynomial;
import java.util.List;

/**
 * The Gram form of {@link NewtonSchulzGpu}: steps on squares of the shorter side; X moves only where it is formed anew and at the end.
 *
 * <pre>
 *   R ← X Xᵀ, Q ← I;   each step:  S ← a I + b R + c R² + …,   Q ← Q S,   R ← S R S;   before a restart and at the end  X ← Q X
 * </pre>
 *
 * <p>Four squares for degrees 3 and 5, five for 7 and 9. What the next stretch would not use is not computed.
 */
final class GramFormGpu {
  private final Squares squares;
  private final NewtonSchulz method;
  private final DeviceBuffer[] x;
  private int at; // where X is
  private DeviceBuffer r;
  private DeviceBuffer q; // null for I

  /**
   * Of one matrix.
   *
   * @param x where X is and where it goes
   * @param start which of them it is in
   */
  GramFormGpu(Squares squares, NewtonSchulz method, DeviceBuffer[] x, int start) {
    this.squares = squares;
    this.method = method;
    this.x = x;
    at = start;
  }

  /** How often X moves. */
  static int moves(NewtonSchulz method) {
    int moves = 1;
    for (int i = 0; i < method.coefficients().steps().size(); i++) {
      moves += method.restartsBefore(i) ? 1 : 0;
    }
    return moves;
  }

  void record() {
    List<OddPolynomial> steps = method.coefficients().steps();
    r = squares.take();
    squares.gram(x[at], r);
    for (int i = 0; i < steps.size(); i++) {
      if (method.restartsBefore(i)) {
        move();
        squares.gram(x[at], r);
      }
      DeviceBuffer s = polynomial(steps.get(i).degree(), Centered.of(steps.get(i)));
      multiply(s);
      if (i < steps.size() - 1 && !method.restartsBefore(i + 1)) {
        congruent(s);
      }
      if (q != s) {
        squares.give(s);
      }
    }
    move();
  }

  /** X ← Q X, Q ← I. */
  private void move() {
    squares.apply(1, q, 0, x[at], x[1 - at]);
    at = 1 - at;
    squares.give(q);
    q = null;
  }

  /** S = a I + b R + c R² + …, or the same in powers of W. */
  private DeviceBuffer polynomial(int degree, Centered p) {
    DeviceBuffer s = squares.take();
    switch (degree) {
      case 3 -> squares.combine(p.b(), r, 0, r, p.a(), s);
      case 5 -> {
        squares.product(1, r, r, 0, s, s);
        squares.combine(p.c(), s, p.b(), r, p.a(), s);
      }
      default -> {
        DeviceBuffer square = squares.take();
        DeviceBuffer factor = squares.take();
        squares.combine(1, r, 0, r, -p.center(), s); // W
        squares.product(1, s, s, 0, square, square);
        squares.combine(p.e(), square, p.d(), s, p.c(), factor);
        squares.combine(p.b(), s, 0, s, p.a(), s);
        squares.product(1, factor, square, 1, s, s);
        squares.give(factor);
        squares.give(square);
      }
    }
    return s;
  }

  /** Q ← Q S. */
  private void multiply(DeviceBuffer s) {
    if (q == null) {
      q = s;
    } else {
      DeviceBuffer next = squares.take();
      squares.product(1, q, s, 0, next, next);
      squares.give(q);
      q = next;
    }
  }

  /** R ← S R S. */
  private void congruent(DeviceBuffer s) {
    DeviceBuffer half = squares.take();
    squares.product(1, r, s, 0, half, half);
    squares.product(1, half, s, 0, r, r);
    squares.give(half);
  }
}
