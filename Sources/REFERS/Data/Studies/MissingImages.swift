import Diagnostics

/// Counts images that are not where their source says.
struct MissingImages {
  private var count = 0
  private var first = ""

  /// - Parameter number: the image's place among those of its study, from 0.
  mutating func add(_ number: Int, ofStudy index: Int, place: String = "") {
    count += 1
    if count > 1 { return }
    first = "image \(number + 1) of study \(index)" + (place.isEmpty ? "" : " (\(place))")
  }

  /// The error that says how many there are and which is first; nil where there is none.
  func failure(_ place: String, remedy: String) -> Failure? {
    if count == 0 { return nil }
    let amount = count == 1 ? "1 image is" : "\(count) images are"
    return Failure(.input, "\(amount) \(place), first \(first).", remedy: remedy)
  }
}
