import ArgumentParser
import REFERS

/// `refers-mpi predict`
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write what a classifier says of images.",
    discussion: """
      One line an image: its name, and the probability of each class. Images come in the order of \
      the arguments, those of a folder by the bytes of their paths, those of a table line by line. \
      One that cannot be decoded is told of by its number and has no line. Ranks share the images; \
      their number changes no digit.
      """)

  @Argument(
    help: "A checkpoint of `finetune`, a link to one, or a run's folder, which means its best.",
    completion: .directory)
  var checkpoint: String

  @Argument(
    help: ArgumentHelp(
      "JPEG and PNG files, folders of them, or a CSV with a column image.", valueName: "files"),
    completion: .file())
  var images: [String]

  @OptionGroup
  var tables: ImageListOptions

  @Option(
    help: ArgumentHelp(
      "The CSV to write, for its owner alone; replaced if it is there.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var output = "predictions.csv"

  @OptionGroup
  var options: InferenceOptions

  func validate() throws { try tables.validate(images) }

  func run() throws {
    let written = try options.run(checkpoint) { saved, session in
      let list = try session.communicator.together("reading the list of images") {
        try tables.read(images)
      }
      session.tell(list.notices)
      let predictions = try ClassPrediction(
        of: list, by: saved, in: session, badImages: options.badImages)
      try session.writing { try predictions.write(to: output) }
      return predictions.images.count
    }
    if let written {
      Console.standardError.line("\(written) image\(written == 1 ? "" : "s") in \(output)")
    }
  }
}
