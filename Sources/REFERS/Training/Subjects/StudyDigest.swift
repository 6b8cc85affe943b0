import Crypto
import Foundation

/// The SHA-256 of what decides the studies of a run, in hexadecimal: of each study of each part in
/// order the report, the view and size in bytes of each image, and what `adding` adds.
///
/// Where the files lie does not enter; nor do the pixels, which would take hours to read. Of a
/// store, whose head has the digest of it all, only the choice of studies is added.
///
/// - Complexity: reads every report, asks for the size of every image.
/// - Throws: `Failure` where a report cannot be read or an image not be examined.
func studiesDigest(
  of parts: [[Int]], in source: any StudySource,
  adding: (inout StudyHash, Int) -> Void = { _, _ in }
) throws -> String {
  var hash = StudyHash()
  if let store = source as? StudyStore { hash.add(store.digest) }
  for part in parts {
    hash.add(part.count)
    for index in part {
      hash.add(index)
      if source is StudyStore { continue }
      hash.add(try source.report(of: index))
      let radiographs = source.study(index).radiographs
      hash.add(radiographs.count)
      for radiograph in radiographs {
        hash.add(radiograph.view)
        hash.add(try ImageFile.size(radiograph.file) ?? -1)
      }
      adding(&hash, index)
    }
  }
  return hash.text
}

/// A SHA-256 of numbers and words.
struct StudyHash {
  private var hash = SHA256()

  mutating func add(_ number: Int) {
    withUnsafeBytes(of: Int64(number).littleEndian) { hash.update(bufferPointer: $0) }
  }

  mutating func add(_ text: String) {
    add(text.utf8.count)
    hash.update(data: Data(text.utf8))
  }

  /// In hexadecimal.
  var text: String { hexadecimal(hash.finalize()) }
}
