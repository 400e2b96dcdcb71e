package curvata.bench.measure;

import curvata.kernels.Kernel;
import curvata.kernels.MeasuringKernel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;

/**
 * The square roots and divisions that a kernel does for each element: what bounds its speed where memory does not.
 *
 * <p>Counted in the bytecode of the kernel's plain loop, which is its reference, so nothing has to be declared. The loop is the first method handed
 * over behind the kernel's name where its class is initialized; methods that it calls count as often as they are called.
 *
 * @param roots square roots per element
 * @param divisions divisions per element
 */
public record SlowOperations(int roots, int divisions) {
  static final SlowOperations NONE = new SlowOperations(0, 0);

  /**
   * Those of a kernel.
   *
   * @throws IllegalStateException if its plain loop is not found
   */
  public static SlowOperations of(Kernel<?> kernel) {
    return find(kernel.name(), kernel.scalars());
  }

  /**
   * Those of a first pass.
   *
   * @param scalars the record of its scalars
   * @throws IllegalStateException if its plain loop is not found
   */
  public static SlowOperations of(MeasuringKernel<?> kernel, Class<? extends Record> scalars) {
    return find(kernel.name(), scalars);
  }

  /** Those of this and the other together. */
  public SlowOperations plus(SlowOperations other) {
    return new SlowOperations(roots + other.roots, divisions + other.divisions);
  }

  private static SlowOperations find(String kernel, Class<? extends Record> scalars) {
    Class<?> file = scalars.getNestHost();
    boolean named = false;
    for (CodeElement e : code(file.getName(), "<clinit>", "()V")) {
      if (e instanceof ConstantInstruction c && c.constantValue().equals(kernel)) {
        named = true;
      } else if (named && e instanceof InvokeDynamicInstruction indy) {
        for (ConstantDesc argument : indy.bootstrapArgs()) {
          if (argument instanceof DirectMethodHandleDesc method) {
            return count(file.getName(), method.methodName(), method.lookupDescriptor());
          }
        }
      }
    }
    throw new IllegalStateException("plain loop of kernel " + kernel + ", expected behind its name in the initializer of " + file.getName());
  }

  private static SlowOperations count(String owner, String name, String descriptor) {
    SlowOperations all = NONE;
    for (CodeElement e : code(owner, name, descriptor)) {
      if (e instanceof OperatorInstruction o && o.opcode() == Opcode.FDIV) {
        all = all.plus(new SlowOperations(0, 1));
      } else if (e instanceof InvokeInstruction call) {
        String target = call.owner().asInternalName().replace('/', '.');
        if (target.equals("java.lang.Math") && call.name().equalsString("sqrt")) {
          all = all.plus(new SlowOperations(1, 0));
        } else if (call.opcode() == Opcode.INVOKESTATIC && target.startsWith("curvata.") && !target.endsWith("$Simd")) {
          all = all.plus(count(target, call.name().stringValue(), call.type().stringValue()));
        }
      }
    }
    return all;
  }

  private static Iterable<CodeElement> code(String owner, String name, String descriptor) {
    try (InputStream in = SlowOperations.class.getResourceAsStream("/" + owner.replace('.', '/') + ".class")) {
      for (MethodModel m : ClassFile.of().parse(in.readAllBytes()).methods()) {
        if (m.methodName().equalsString(name) && m.methodType().equalsString(descriptor)) {
          return m.code().orElseThrow();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("method " + owner + "." + name + descriptor + ", expected in its class file");
  }
}
