/// The fourteen labels of CheXpert for a synthetic study.
public struct SyntheticLabels: Sendable {
  /// The columns of `mimic-cxr-2.0.0-chexpert.csv`, in its order.
  public static let names = [
    "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Enlarged Cardiomediastinum",
    "Fracture", "Lung Lesion", "Lung Opacity", "No Finding", "Pleural Effusion", "Pleural Other",
    "Pneumonia", "Pneumothorax", "Support Devices",
  ]

  /// 1 positive, 0 negative, -1 uncertain, nil not told; in the order of ``names``.
  public let values: [Double?]

  public init(_ c: ChestCondition) {
    var values: [String: Double] = [:]
    if c.atelectasis.right != nil || c.atelectasis.left != nil { values["Atelectasis"] = 1 }
    values["Cardiomegaly"] = c.heart > .none ? 1 : 0
    values["Edema"] = c.edema == .none ? 0 : c.edema == .mild ? -1 : 1
    if c.aorta == .tortuous { values["Enlarged Cardiomediastinum"] = 1 }
    if c.fracture != nil { values["Fracture"] = 1 }
    if c.nodule != nil { values["Lung Lesion"] = 1 }
    let certain = c.consolidations.contains { $0.certain }
    values["Consolidation"] =
      c.consolidations.contains { $0.dense } ? 1 : c.consolidations.isEmpty ? 0 : nil
    if !c.consolidations.isEmpty {
      values["Lung Opacity"] = 1
      values["Pneumonia"] = certain ? 1 : -1
    } else if c.edema > .mild || c.fibrosis {
      values["Lung Opacity"] = 1
    }
    values["Pleural Effusion"] = c.effusion.right != nil || c.effusion.left != nil ? 1 : 0
    if c.apicalScar != nil { values["Pleural Other"] = 1 }
    values["Pneumothorax"] = c.pneumothorax != nil ? 1 : 0
    if c.hasDevice { values["Support Devices"] = 1 }
    let ill =
      values.contains { $0.value != 0 && $0.key != "Support Devices" } || c.hernia
      || c.hilum != nil || c.freeAir || c.emphysema
    if !ill { values["No Finding"] = 1 }
    self.values = Self.names.map { values[$0] }
  }
}
