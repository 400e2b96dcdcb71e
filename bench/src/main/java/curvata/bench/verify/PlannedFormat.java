package curvata.bench.verify;

/**
 * A kind of recording that is known but cannot be replayed yet.
 *
 * @param kind what it is called
 * @param format what its files say they are
 * @param mark a key of its metadata that tells it from other kinds of the same format
 */
record PlannedFormat(String kind, String format, String mark) implements Format {
  @Override
  public boolean recognizes(GoldenFile file) {
    return file instanceof GoldenFile.Tensors f && f.format().equals(format) && f.tensors().metadata().containsKey(mark);
  }

  @Override
  public Recording read(GoldenFile file) {
    return Recording.unsupported(file, kind, "no replay of " + kind + " files in this version");
  }
}
