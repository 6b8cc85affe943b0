/// A string as a dictionary's key, compared by its bytes.
///
/// Swift's own comparison takes "é" written as one or as two characters for equal; vocabularies
/// know them apart.
struct ByteKey: Hashable {
  let string: String

  init(_ string: String) { self.string = string }

  static func == (a: ByteKey, b: ByteKey) -> Bool { a.string.utf8.elementsEqual(b.string.utf8) }

  func hash(into hasher: inout Hasher) {
    var string = string
    string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
