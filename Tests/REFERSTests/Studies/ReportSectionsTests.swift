import REFERS
import XCTest

final class ReportSectionsTests: XCTestCase {
  func testFindingsAndImpression() {
    let cases: [(String, String)] = [
      (
        """
                                         FINAL REPORT
         EXAMINATION:  CHEST (PA AND LAT)

         INDICATION:  ___ year old with cough  // pneumonia?

         COMPARISON:  None.

         FINDINGS:

         The lungs are clear: no effusion,
         no pneumothorax.

         IMPRESSION:

         No acute process.

        """, "The lungs are clear: no effusion, no pneumothorax. No acute process."
      ),
      ("Impression: normal chest.\nRecommendation(s): none.", "normal chest."),
      ("IMPRESSION: second.\r\nFINDINGS: first.\r\n", "first. second."),
      ("findings and impression: All is well.", "All is well."),
      (
        "FINDINGS: One.\nIMPRESSION: Two.\nADDENDUM: later\nCONCLUSIONS: Three.", "One. Two. Three."
      ),
      ("Conclusion : odd spacing of the colon", "odd spacing of the colon"),
      ("HISTORY: cough.\nTECHNIQUE: PA.", ""),
      ("No headings at all.", ""),
      ("", ""),
    ]
    for (report, wanted) in cases {
      XCTAssertEqual(ReportSections.findingsAndImpression(of: report), wanted)
    }
  }
}
