/// The classes of published sets in the order of the method's authors (REFERS sec. 8.2), and what
/// the names of their files tell.
enum PublishedClasses {
  static let nih = [
    "Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia",
    "Pneumothorax", "Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening",
    "Hernia",
  ]
  static let vinbigdata = [
    "Aortic enlargement", "Atelectasis", "Pneumothorax", "Lung Opacity", "Pleural thickening",
    "ILD", "Pulmonary fibrosis", "Calcification", "Pleural effusion", "Consolidation",
    "Cardiomegaly", "Other lesion", "Nodule/Mass", "Infiltration",
  ]
  static let shenzhen = ["Tuberculosis"]

  /// The one class of a task of the COVID-19 Image Data Collection.
  static func covid(_ task: Configuration.Target.Task) -> [String] {
    task == .ct1 ? ["COVID-19"] : ["Viral"]
  }

  /// The patient of an image of NIH ChestX-ray14, `00030605_000.png`; nil for any other name.
  static func nihPatient(_ file: String) -> String? {
    let name = stem(of: file).split(separator: "_", omittingEmptySubsequences: false)
    guard name.count == 2, name[0].utf8.count == 8, name[1].utf8.count == 3,
      name.allSatisfy({ $0.allSatisfy(\.isWholeNumber) })
    else { return nil }
    return String(name[0])
  }

  /// Whether a file is named like VinBigData's: 32 hexadecimal digits.
  static func isVinBigData(_ file: String) -> Bool {
    let name = stem(of: file)
    return name.utf8.count == 32 && name.allSatisfy(\.isHexDigit)
  }

  /// The label in the name of an image of Shenzhen, `CHNCXR_0001_0.png`; nil for any other name.
  static func shenzhenLabel(_ file: String) -> Float? {
    let name = stem(of: file).split(separator: "_", omittingEmptySubsequences: false)
    guard name.count == 3, name[0] == "CHNCXR", !name[1].isEmpty,
      name[1].allSatisfy(\.isWholeNumber)
    else { return nil }
    return name[2] == "0" ? 0 : name[2] == "1" ? 1 : nil
  }

  /// The set that images are of, by their names; where two columns tell no names, COVID-19's. Nil
  /// for any other set.
  ///
  /// - Parameter columns: the numbers of a line of the authors' lists.
  static func set(ofLists images: [String], columns: Int) -> Configuration.Target.Layout? {
    switch columns {
    case 14 where images.allSatisfy { nihPatient($0) != nil }: .nih
    case 14 where images.allSatisfy(isVinBigData): .vinbigdata
    case 2: images.allSatisfy { shenzhenLabel($0) != nil } ? .shenzhen : .covid
    default: nil
    }
  }

  /// A file's name without folders and ending.
  private static func stem(of file: String) -> Substring {
    let name = file.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return name }
    return name[..<dot]
  }
}
