extension FuzzTarget {
  /// Every parser that is fuzzed.
  public static let all = [
    safetensors, vocabulary, configuration, tokenizer, csv, report, openi, image,
  ]
}
