package curvata.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Parameters with gradients and signals drawn from a seed, for driving any rule through steps. */
final class Problem {
  final List<Parameter> parameters = new ArrayList<>();
  private final long seed;

  /** Matrices of these sizes; every rule takes them. */
  Problem(long seed, int[]... shapes) {
    this.seed = seed;
    for (int t = 0; t < shapes.length; t++) {
      int size = 1;
      for (int d : shapes[t]) {
        size *= d;
      }
      Parameter p = Parameter.of("p" + t, new float[size], new float[size], shapes[t]);
      fill(p.value(), 0, size, seed * 1000 + t);
      parameters.add(p);
    }
  }

  /** Existing parameters, driven by the gradients of this seed. */
  Problem(long seed, List<Parameter> parameters) {
    this.seed = seed;
    this.parameters.addAll(parameters);
  }

  /** The same parameters and values as slices of one flat buffer, with gaps. */
  static Problem flat(long seed, int[]... shapes) {
    Problem separate = new Problem(seed, shapes);
    int length = 7;
    for (Parameter p : separate.parameters) {
      length += p.size() + 5;
    }
    float[] values = new float[length];
    float[] grads = new float[length];
    Problem flat = new Problem(seed);
    int at = 7;
    for (Parameter p : separate.parameters) {
      System.arraycopy(p.value(), 0, values, at, p.size());
      flat.parameters.add(Parameter.slice(p.name(), values, grads, at, p.shape()));
      at += p.size() + 5;
    }
    return flat;
  }

  Optimizer optimizer(Rule<?> rule) {
    return Optimizer.builder().group("all", rule, parameters).build();
  }

  /** One step with the gradients and signals of that step's number. */
  void step(Optimizer opt) {
    long t = opt.steps() + 1;
    for (int k = 0; k < parameters.size(); k++) {
      Parameter p = parameters.get(k);
      fill(p.grad(), p.offset(), p.size(), seed * 7919 + t * 31 + k);
    }
    for (Optimizer.Need need : opt.needs()) {
      Parameter p = need.parameter();
      float[] signal = new float[p.offset() + p.size()];
      fill(signal, p.offset(), p.size(), seed * 104729 + t * 31 + p.name().hashCode());
      opt.supply(p.name(), need.signal(), signal);
    }
    opt.step();
  }

  /** The values of all parameters, one after the other. */
  float[] values() {
    int n = parameters.stream().mapToInt(Parameter::size).sum();
    float[] all = new float[n];
    int at = 0;
    for (Parameter p : parameters) {
      System.arraycopy(p.value(), p.offset(), all, at, p.size());
      at += p.size();
    }
    return all;
  }

  private static void fill(float[] x, int offset, int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < size; i++) {
      x[offset + i] = (float) random.nextGaussian();
    }
  }
}
