package curvata.gpu;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;

/** Writes a record of floats into an array, in the order of its components. */
final class ScalarLayout {
  private final MethodHandle[] accessors;

  ScalarLayout(Class<? extends Record> type) {
    RecordComponent[] components = type.getRecordComponents();
    accessors = new MethodHandle[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        accessors[i] = MethodHandles.publicLookup().unreflect(components[i].getAccessor()).asType(MethodType.methodType(float.class, Record.class));
      }
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(type + ", expected a public record in an exported package", e);
    }
  }

  int width() {
    return accessors.length;
  }

  void write(Record scalars, float[] into, int at) {
    try {
      for (int i = 0; i < accessors.length; i++) {
        into[at + i] = (float) accessors[i].invokeExact(scalars);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("reading " + scalars, e);
    }
  }
}
