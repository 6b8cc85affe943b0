import Crypto
import Foundation

extension StudyCollection {
  /// The SHA-256 of what decides the studies of a run, in hexadecimal: of each study in order, for
  /// training and then for validation, the report, and the view and size in bytes of each image.
  ///
  /// Where the files lie does not enter; nor do the pixels, which would take hours to read. Of a
  /// store, whose head has the digest of it all, only the choice of studies is added.
  ///
  /// - Complexity: reads every report, asks for the size of every image.
  /// - Throws: `Failure` where a report cannot be read.
  func digest() throws -> String {
    var hash = SHA256()
    func add(_ number: Int) {
      withUnsafeBytes(of: Int64(number).littleEndian) { hash.update(bufferPointer: $0) }
    }
    func add(_ text: String) {
      add(text.utf8.count)
      hash.update(data: Data(text.utf8))
    }
    if let store = source as? StudyStore { add(store.digest) }
    for part in [training, validation] {
      add(part.count)
      if source is StudyStore {
        for index in part { add(index) }
        continue
      }
      for index in part {
        add(index)
        add(try source.report(of: index))
        let radiographs = source.studies[index].radiographs
        add(radiographs.count)
        for radiograph in radiographs {
          add(radiograph.view)
          add(Folder.size(ofFile: radiograph.file) ?? -1)
        }
      }
    }
    return hexadecimal(hash.finalize())
  }
}
