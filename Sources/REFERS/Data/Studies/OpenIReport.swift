import CXML2
import Diagnostics

/// Reads one XML report of Open-i: `AbstractText` labelled FINDINGS and IMPRESSION, and the
/// `parentImage` elements, whose ids are file names without their ending.
///
/// Through libxml2 itself: Foundation's XMLParser crashes on an empty processing instruction.
struct OpenIReport {
  /// The most bytes of a file; theirs have a few thousand, and some faults of an XML take libxml2 a
  /// time that grows with the square of its length.
  private static let limit = 1 << 16

  private var number = ""
  private var findings = ""
  private var impression = ""
  private var images: [(name: String, view: String)] = []
  private var label: String?

  static func read(_ bytes: [UInt8]) throws -> OpenISource.Entry {
    var report = OpenIReport()
    try report.read(text: plain(bytes))
    guard !report.number.isEmpty else {
      throw Failure(
        .input, "The XML has no uId and is no report of Open-i.", remedy: "Move it elsewhere.")
    }
    return OpenISource.Entry(
      number: report.number,
      report: ReportSections.squeezed([report.findings, report.impression]), images: report.images)
  }

  /// The XML in UTF-8; without a DTD, whose entities may take any time.
  private static func plain(_ bytes: [UInt8]) throws -> [UInt8] {
    guard bytes.count <= limit else {
      throw Failure(
        .input, "The XML is too long for a report of Open-i.", remedy: "Move it elsewhere.")
    }
    let text = Array(try ReportFile(bytes: bytes).text.utf8)
    guard text.firstRange(of: Array("<!DOCTYPE".utf8)) == nil else {
      throw Failure(
        .input, "The XML has a document type, which no report of Open-i has.",
        remedy: "Fetch the file again, or move it elsewhere.")
    }
    return text
  }

  private mutating func read(text: [UInt8]) throws {
    // The encoding a declaration names was that of the bytes.
    let options =
      XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
      | XML_PARSE_IGNORE_ENC.rawValue
    try text.withUnsafeBytes { text in
      let start = text.bindMemory(to: CChar.self).baseAddress
      guard let size = CInt(exactly: text.count),
        let reader = xmlReaderForMemory(start, size, nil, "UTF-8", CInt(options))
      else { throw Failure(.memory, "There is no memory to read XML.") }
      defer { xmlFreeTextReader(reader) }
      var status = xmlTextReaderRead(reader)
      while status == 1 {
        take(reader)
        status = xmlTextReaderRead(reader)
      }
      guard status == 0 else {
        throw Failure(
          .input,
          "The report is no whole XML: it fails at line "
            + "\(xmlTextReaderGetParserLineNumber(reader)).", remedy: "Fetch the file again.")
      }
    }
  }

  /// Takes what the node of the reader says.
  private mutating func take(_ reader: xmlTextReaderPtr) {
    switch xmlReaderTypes(rawValue: .init(xmlTextReaderNodeType(reader))) {
    case XML_READER_TYPE_ELEMENT: begin(reader)
    case XML_READER_TYPE_END_ELEMENT: if Self.name(reader) == "AbstractText" { label = nil }
    case XML_READER_TYPE_TEXT, XML_READER_TYPE_CDATA, XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
      guard let text = xmlTextReaderConstValue(reader) else { return }
      switch label {
      case "FINDINGS": findings += String(cString: text)
      case "IMPRESSION": impression += String(cString: text)
      default: break
      }
    default: break
    }
  }

  private mutating func begin(_ reader: xmlTextReaderPtr) {
    switch Self.name(reader) {
    case "uId":
      // Such as CXR12: the number is what studies are ordered by.
      let id = Self.attribute("id", reader) ?? ""
      number = id.hasPrefix("CXR") ? String(id.dropFirst(3)) : id
    case "AbstractText":
      // An empty element has no end.
      let isEmpty = xmlTextReaderIsEmptyElement(reader) == 1
      label = isEmpty ? nil : Self.attribute("Label", reader)?.uppercased()
    case "parentImage": images.append((Self.attribute("id", reader) ?? "", ""))
    default: break
    }
  }

  private static func name(_ reader: xmlTextReaderPtr) -> String {
    xmlTextReaderConstName(reader).map { String(cString: $0) } ?? ""
  }

  /// An attribute of the reader's element; nil where it has none of that name.
  private static func attribute(_ name: String, _ reader: xmlTextReaderPtr) -> String? {
    guard xmlTextReaderMoveToAttribute(reader, name) == 1 else { return nil }
    defer { xmlTextReaderMoveToElement(reader) }
    return xmlTextReaderConstValue(reader).map { String(cString: $0) }
  }
}
