import Diagnostics
import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Reads one XML report of Open-i: `AbstractText` labelled FINDINGS and IMPRESSION, and the
/// `parentImage` elements, whose ids are file names without their ending.
final class OpenIReport: NSObject, XMLParserDelegate {
  private var number = ""
  private var findings = ""
  private var impression = ""
  private var images: [(name: String, view: String)] = []
  private var label: String?
  private var depth = 0
  private var isWhole = false

  static func read(_ bytes: [UInt8]) throws -> OpenISource.Entry {
    let report = OpenIReport()
    let parser = XMLParser(data: Data(bytes))
    parser.shouldResolveExternalEntities = false
    parser.delegate = report
    // Its result alone misses a text cut short.
    guard parser.parse(), parser.parserError == nil, report.isWhole else {
      throw Failure(
        .input, "The report is no whole XML: it fails at line \(parser.lineNumber).",
        remedy: "Fetch the file again.")
    }
    guard !report.number.isEmpty else {
      throw Failure(
        .input, "The XML has no uId and is no report of Open-i.", remedy: "Move it elsewhere.")
    }
    return OpenISource.Entry(
      number: report.number,
      report: ReportSections.squeezed([report.findings, report.impression]), images: report.images)
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    depth += 1
    switch name {
    case "uId":
      // Such as CXR12: the number is what studies are ordered by.
      let id = attributes["id"] ?? ""
      number = id.hasPrefix("CXR") ? String(id.dropFirst(3)) : id
    case "AbstractText": label = attributes["Label"]?.uppercased()
    case "parentImage": images.append((attributes["id"] ?? "", ""))
    default: break
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if name == "AbstractText" { label = nil }
    depth -= 1
    if depth == 0 { isWhole = true }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    switch label {
    case "FINDINGS": findings += text
    case "IMPRESSION": impression += text
    default: break
    }
  }
}
