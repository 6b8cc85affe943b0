import Diagnostics
import Foundation

/// Labels of a CSV of anyone's own, one image a line.
///
/// Columns: `image` (or `path`, `image_path`, `file`, `filename`), a path relative to the CSV's
/// folder or to `target.images`, which it may not leave, or `images`, several of them separated by
/// `;`; optional `patient_id` (or `patientid`,
/// `patient`, `subject_id`; without, `study_id`, else each image is of a patient of its own),
/// `split` and `view`. Label columns are those of `target.columns`, else all that hold only 1, 0,
/// -1 (uncertain) and blanks (not known).
///
/// One column named alone may hold other values: see ``ClassValues``.
enum ManifestLabels {
  static func read(_ path: String, _ options: Configuration.Target) throws -> LabelTable {
    let reader = try CSVReader(path: path, name: "The manifest \(path)")
    let columns = try ManifestColumns(reader)
    let table = try TableLines(reader, name: "the manifest", only: options.only)
    let labels = try LabelColumns(
      LabelTable.names(in: options.columns), of: table, uncertain: options.uncertain)
    let root = ImageRoot(
      options.images ?? URL(fileURLWithPath: path).deletingLastPathComponent().path)
    var seen: [String: Int] = [:]
    let rows = try zip(table.lines, labels.rows).flatMap { line, values in
      let rows = try columns.rows(
        line, of: table, root, values, withSplit: options.splits != .patient)
      for row in rows {
        if let earlier = seen.updateValue(line.number, forKey: row.radiograph.file) {
          throw table.failure(
            line, "repeats the image of line \(earlier).", remedy: "List each image once.")
        }
      }
      return rows
    }
    return LabelTable(
      name: "manifest", task: labels.task, classes: labels.classes, rows: rows,
      notices: labels.notices)
  }
}
