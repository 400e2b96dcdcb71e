/**
 * Devices that TornadoVM reaches: finding them, sessions, buffers, programs, and the registry of kernels' twins.
 *
 * <p>The kernels themselves belong in the packages below, in files named after their CPU siblings. What to know before writing one, since TornadoVM does
 * otherwise without a word:
 *
 * <ul>
 *   <li>A {@code @Parallel} loop whose bound is an int parameter gets the grid's global size instead, and so does every other use of that parameter: bound it
 *       by a size of an array, or take a {@code KernelContext} and guard by {@code if (i < n)}, the grid being rounded up.
 *   <li>Comparisons may be turned round, {@code s <= 0 ? a : b} into {@code 0 < s ? b : a}: with NaN the other branch. Ask {@code isNaN} where it
 *       matters. The device's min and max drop NaN.
 *   <li>A local array that is handed to a method is addressed wrongly: use it where it is allocated, and nowhere else.
 *   <li>{@code x >>> k} is compiled as {@code x >> k}: mask it. Division of a negative integer by a power of two is wrong.
 *   <li>Scalar arguments are compiled into the code, and what folds to a condition may not compile: shapes and factors go through small tables
 *       ({@link curvata.gpu.TornadoProgram#table}).
 *   <li>Roots, sines and cosines become {@code native_*}, of unknown accuracy, without {@code -Dtornado.enable.nativeFunctions=False}; a kernel that does not
 *       compile falls back to something else without {@code -Dtornado.recover.bailout=False}. The provider and
 *       {@link curvata.gpu.GraphKernels} insist on both.
 *   <li>Programs of more than about twenty kernels overflow a buffer of 4096 bytes without {@code -Dtornado.tvm.maxbytecodesize}; the cause is swallowed.
 *   <li>Objects that are no input of a graph, as the {@code KernelContext}, are never freed: {@link curvata.gpu.Recorder} declares it as one.
 *   <li>The names of methods and parameters become names in OpenCL: none of {@code dot}, {@code half}, {@code length}, {@code normalize} …
 *   <li>Classes need their tables of local variables ({@code -g}); the formatter puts {@code for (@Parallel} and {@code int i} on two lines, which is
 *       as it should be.
 * </ul>
 */
package curvata.gpu;
