/// The headings of radiology reports.
enum ReportHeading {
  /// What a heading begins.
  enum Section {
    case findings, impression
    /// Indication, history, comparison, technique: left out.
    case context
    /// The name of the examination; what follows it stands under no heading.
    case title
    /// A banner that makes what came before preliminary.
    case final
    /// A wet read or preliminary report.
    case preliminary
    /// Addenda, notifications, signatures: left out to the next heading.
    case closing
  }

  /// The section that a name begins; nil where it is no heading.
  ///
  /// - Parameter words: the words of the name in lower case, letters only.
  static func section(of words: [String]) -> Section? {
    guard !words.isEmpty, words.count <= longest else { return nil }
    if let section = names[words.joined(separator: " ")] { return section }
    // Such as `PORTABLE AP CHEST RADIOGRAPH:`, which some reports begin their findings with.
    let isExamination =
      words.allSatisfy(examinationWords.contains) && words.contains(where: examinations.contains)
    return isExamination ? .title : nil
  }

  /// The most words of a heading.
  static let longest = 10

  /// The words of the longest signature that a text begins with, such as `Dictated by John Doe`; nil
  /// where it begins with none.
  ///
  /// - Parameter words: its first words in lower case, letters only.
  static func signature(in words: [String]) -> Int? {
    (2...4).last { words.count >= $0 && signatures.contains(Array(words[..<$0])) }
  }

  /// Signatures, which end a section even without a colon.
  private static let signatures: Set<[String]> = Set(
    """
    dictated by, dictated and signed by, dictated and authenticated by, signed by,
    electronically signed, electronically signed by, signed electronically,
    signed electronically by, electronically approved by, electronically verified by,
    transcribed by, approved by, reviewed by, reviewed and signed by, read by, interpreted by,
    verified by, finalized by, attending physician, attending radiologist, report dictated by,
    report signed by
    """.split(separator: ",").map { $0.split(whereSeparator: \.isWhitespace).map(String.init) })

  private static let examinations: Set<String> = [
    "chest", "cxr", "radiograph", "radiographs", "thorax",
  ]

  private static let examinationWords: Set<String> = examinations.union([
    "a", "and", "ap", "bedside", "digital", "erect", "film", "frontal", "lat", "lateral", "of",
    "one", "pa", "portable", "radiography", "ray", "semi", "semiupright", "single", "supine", "the",
    "three", "two", "upright", "view", "views", "with", "x", "xray",
  ])

  private static let names: [String: Section] = {
    var names: [String: Section] = [:]
    func add(_ section: Section, _ list: String) {
      for name in list.split(separator: ",") {
        names[name.split(whereSeparator: \.isWhitespace).joined(separator: " ")] = section
      }
    }
    add(
      .findings,
      """
      finding, findings, findngs, findins, findigns, chest findings, radiographic findings,
      cxr findings, lung findings, imaging findings, pertinent findings, findings and impression,
      findings impression, impression and findings, impression findings, observation, observations,
      description, result, results, pulmonary findings
      """)
    add(
      .impression,
      """
      impression, impressions, impresion, impressin, imression, impresssion, imp, conclusion,
      conclusions, opinion, summary, interpretation, diagnosis, final impression, final diagnosis,
      overall impression, assessment, impression and recommendation, impression and recommendations,
      impression recommendation, impression recommendations, conclusion and recommendation,
      summary and recommendation, impression and plan, impression conclusion,
      conclusion impression, summary impression
      """)
    add(
      .context,
      """
      exam, examination, examinations, study, exam type, type of exam, type of examination,
      procedure, procedures, indication, indications, clinical indication, clinical indications,
      history, clinical history, patient history, medical history, clinical information,
      clinical data, clinical details, clinical question, clinical statement, reason, reason for exam,
      reason for examination, reason for study, reason for the exam, reason for this exam,
      reason for the examination, reason for this examination, reason for this study,
      reason for procedure, reason for visit, indication for study, indication for exam, comparison,
      comparisons, comparison study, comparison studies, comparison exam, comparison exams,
      comparison films, comparison made, prior studies, prior study, priors, technique, techniques,
      technical factors, exam technique, imaging technique, procedure and technique, indication and technique,
      technique and comparison, comparison and technique, history and indication, indication history,
      indication comparison, view, views, number of views, date, date of exam, exam date,
      date of study, date of service, time, contrast, referring physician, ordering physician,
      patient, patient name, name, mrn, accession, accession number, age, sex, dob, complaint,
      chief complaint, symptoms, signs and symptoms, presenting complaint, limitation, limitations
      """)
    add(.title, "report, radiology report, body of report, radiograph report, chest x ray report")
    add(.final, "final report, final radiology report")
    add(
      .preliminary,
      """
      wet read, wet reading, wet read version, preliminary report, preliminary read,
      preliminary reading, preliminary interpretation, provisional report
      """)
    add(
      .closing,
      """
      addendum, addenda, addendums, recommendation, recommendations, notification, notifications,
      communication, communications, critical result, critical results, discussion with,
      attestation, attending, radiologist, signed, dictated, transcribed, end of report,
      end of impression, cc,
      report status, status, job id, icd code, icd codes, cpt code, cpt codes, billing code,
      disclaimer
      """)
    for words in signatures { names[words.joined(separator: " ")] = .closing }
    return names
  }()
}
