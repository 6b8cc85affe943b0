/// Numbers of the paper's Tables 1 and 2, for the eye beside those measured here.
///
/// Zhou et al., *Generalized radiograph representation learning via cross-supervision between images
/// and free-text radiology reports*, Nature Machine Intelligence 4 (2022), as in arXiv:2111.03452.
/// They are of other data, splits and sizes: nothing is tested against them.
public enum PublishedResults {
  /// Area under the curve times 100, mean over classes and three runs.
  public struct Row: Sendable {
    public let method: String
    public let values: [Double]
  }

  public static let columns = [
    "NIH 1 %", "NIH 10 %", "NIH 100 %", "VinBig 1 %", "VinBig 10 %", "VinBig 100 %", "Shenzhen",
    "C-T1", "C-T2",
  ]

  /// Table 1, self-supervised and transfer learning, then what Table 2 adds: label supervision.
  public static let rows = [
    Row(method: "REFERS", values: [76.7, 80.9, 84.7, 83.0, 88.2, 90.1, 98.0, 82.1, 80.4]),
    Row(method: "Model Genesis", values: [70.3, 75.7, 81.0, 70.7, 82.7, 85.8, 94.9, 76.0, 71.8]),
    Row(method: "C2L", values: [71.0, 76.6, 82.2, 75.3, 83.3, 85.9, 95.5, 77.8, 73.0]),
    Row(
      method: "Context Restoration",
      values: [67.8, 73.9, 78.7, 67.9, 82.4, 83.8, 92.7, 74.6, 69.8]),
    Row(method: "TransVW", values: [71.2, 74.3, 81.7, 73.6, 83.8, 86.2, 94.2, 76.1, 71.5]),
    Row(
      method: "ImageNet Pre-training",
      values: [69.8, 74.4, 80.0, 69.7, 82.9, 84.5, 94.5, 74.1, 70.3]),
    Row(
      method: "LSP (Transformer)",
      values: [74.2, 78.2, 82.1, 78.5, 85.8, 87.6, 96.4, 80.2, 76.6]),
    Row(
      method: "LSP (ConvNet)", values: [65.8, 74.5, 81.9, 76.0, 85.2, 87.2, 96.7, 80.1, 76.2]),
  ]

  /// Of REFERS against the best other method of Table 1 in each column, by t-test.
  public static let bestP = [
    0.000835, 0.000872, 0.00194, 8.72e-05, 0.000434, 0.000933, 0.00173, 0.000588, 0.000359,
  ]

  /// Of REFERS against LSP (Transformer), Table 2.
  public static let labelsP = [
    0.00325, 0.00289, 0.00523, 0.000356, 0.000869, 0.00105, 0.00965, 0.00761, 0.00147,
  ]

  public static var report: ReportText {
    var text = ReportText()
    text.heading("Published numbers (not comparable)")
    var table = TextTable(["AUC x 100"] + columns)
    for row in rows { table.add([row.method] + row.values.map { "\($0)" }) }
    table.add(["p, best of Table 1"] + bestP.map { "\($0)" })
    table.add(["p, LSP (Transformer)"] + labelsP.map { "\($0)" })
    text.table(table)
    text.sentence(
      "Zhou et al., Nature Machine Intelligence 4, 2022, Tables 1 and 2 (arXiv:2111.03452): means "
        + "of three runs, of other data, splits and sizes than here.")
    return text
  }
}
