import Foundation
import REFERS

/// Studies with what a `prepare` has to find: two images that are none, an image twice in one study
/// and once more in another split, a report twice, a patient in two splits, a study left without
/// any image.
struct PlantedStudies: StudySource {
  let studies: [Study]
  let dropped = 3
  let reports: [String]

  init(_ folder: DataFolder) throws {
    let text = try folder.write("not an image at all", to: "broken/text.jpg")
    let whole = try Data(contentsOf: URL(fileURLWithPath: DataFixtures.image("gray.jpg")))
    let cut = try folder.write(whole.prefix(whole.count / 2), to: "broken/cut.jpg")
    let copy = try folder.write(whole, to: "copies/another-name.jpg")
    func image(_ name: String) -> String { DataFixtures.image(name) }
    func study(
      _ number: Int, _ patient: String, _ split: StudySplit, _ files: [(String, String)]
    ) -> Study {
      Study(
        identifier: "s\(number)", patient: patient,
        radiographs: files.map { Radiograph(file: $0.0, view: $0.1) }, split: split,
        place: "line \(number + 2) of the manifest")
    }
    studies = [
      study(0, "anna", .train, [(image("gray.jpg"), "PA"), (copy, "PA")]),
      study(1, "bert", .train, [(text, "PA"), (image("gray8.png"), "LATERAL")]),
      study(2, "anna", .validate, [(image("colour.jpg"), ""), (image("rgb8.png"), "<AP>")]),
      study(3, "carl", .validate, [(copy, "PA")]),
      study(4, "dora", .train, [(cut, "PA")]),
      study(5, "emil", .test, [(image("gray4.png"), "AP")]),
    ]
    reports = [
      "The left lung is clear.", "Small right effusion, unchanged.", "The left lung is clear.",
      "Ça va: œdème pulmonaire à gauche.", "A report without an image.", "Normal chest radiograph.",
    ]
  }

  func report(of index: Int) throws -> String { reports[index] }
}

/// The SHA-256 of every file of a store, but that which tells the files it was made of.
func digestsOfData(_ folder: String) throws -> [String: String] {
  try digests(folder).filter { $0.key != "source.stamp" }
}

/// The SHA-256 of every file of a folder, by name.
func digests(_ folder: String) throws -> [String: String] {
  var digests: [String: String] = [:]
  for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
    digests[name] = try sha256(ofFile: folder + "/" + name)
  }
  return digests
}
