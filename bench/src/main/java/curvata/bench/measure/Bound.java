package curvata.bench.measure;

/**
 * What a subject cannot be faster than.
 *
 * @param name what bounds it: {@code streams}, {@code roots} or {@code fma}
 * @param work a loop that runs at that bound
 * @param scale what the time of one run of {@code work} is multiplied by to give the least time of one run of the subject
 */
public record Bound(String name, Work work, double scale) {}
