package curvata.kernels.update;

import curvata.kernels.Kernel;
import curvata.kernels.MeasuringKernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Every kernel of the package, found by looking at its classes, so that a new one cannot escape the tests. */
final class UpdateKernels {
  private UpdateKernels() {}

  static List<Class<?>> classes() {
    try (Stream<Path> files = Files.list(Path.of(AdamWUpdate.class.getResource("AdamWUpdate.class").toURI()).getParent())) {
      List<Class<?>> classes = new ArrayList<>();
      for (String name : files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith(".class") && !n.contains("$")).sorted().toList()) {
        if (!name.equals("package-info.class")) {
          classes.add(Class.forName(AdamWUpdate.class.getPackageName() + "." + name.substring(0, name.length() - 6)));
        }
      }
      return classes.stream().filter(c -> Modifier.isPublic(c.getModifiers())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException | ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<Kernel<?>> kernels() {
    return fields(Kernel.class).stream().<Kernel<?>>map(k -> (Kernel<?>) k).toList();
  }

  static List<MeasuringKernel<?>> measuring() {
    return fields(MeasuringKernel.class).stream().<MeasuringKernel<?>>map(k -> (MeasuringKernel<?>) k).toList();
  }

  private static List<Object> fields(Class<?> type) {
    List<Object> found = new ArrayList<>();
    for (Class<?> c : classes()) {
      for (Field f : c.getDeclaredFields()) {
        if (f.getType() == type) {
          try {
            found.add(f.get(null));
          } catch (IllegalAccessException e) {
            throw new IllegalStateException(f + " cannot be read, expected public static final", e);
          }
        }
      }
    }
    return found;
  }

  /** Scalars as a step might have them: rates and weights between 0 and 1. */
  static <S extends Record> S scalars(Class<S> type, SplittableRandom random) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
      types[i] = float.class;
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Half ordinary numbers, half any bit pattern: subnormals, infinities and NaN among them. */
  static float value(SplittableRandom random) {
    return random.nextInt(2) == 0 ? (float) random.nextGaussian() : Float.intBitsToFloat(random.nextInt());
  }
}
