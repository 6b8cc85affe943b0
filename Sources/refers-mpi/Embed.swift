import ArgumentParser
import REFERS

/// `refers-mpi embed`
struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write features of images, studies and reports for NumPy.",
    discussion: """
      Of images: images.npy, the class token of each radiograph, and images.csv, which names its \
      rows. Of studies (--data or --manifest) also studies.npy and reports.npy, to be compared by \
      their cosine, with studies.csv. An image that cannot be decoded is told of by its number and \
      has no row. Ranks share the images; their number changes no bit.
      """)

  @Argument(
    help: "A checkpoint, a link to one, or a run's folder, which means its best.",
    completion: .directory)
  var checkpoint: String

  @Argument(
    help: ArgumentHelp(
      "JPEG and PNG files, folders of them, or a CSV with a column image.", valueName: "files"),
    completion: .file())
  var images: [String] = []

  @OptionGroup
  var tables: ImageListOptions

  @Option(
    help: ArgumentHelp(
      "The folder to write; files in it are replaced.", valueName: "directory"),
    completion: .directory)
  var output = "features"

  @OptionGroup(title: "Studies")
  var studies: StudyOptions

  @OptionGroup
  var options: InferenceOptions

  func validate() throws {
    guard images.isEmpty == studies.areGiven else {
      throw ValidationError("Give images, or studies with --data or --manifest.")
    }
    try tables.validate(images)
  }

  func run() throws {
    let written = try options.run(checkpoint) { saved, session in
      let export = try FeatureExport(
        saved, session, to: output, badImages: options.badImages)
      if studies.areGiven {
        let (source, part) = try studies.open(saved, over: session.communicator)
        session.tell(source.notices)
        return try export.write(part, of: source)
      }
      let list = try session.communicator.together("reading the list of images") {
        try tables.read(images)
      }
      session.tell(list.notices)
      return (images: try export.write(list), studies: 0)
    }
    if let written {
      let studies = written.studies > 0 ? " and \(written.studies) studies" : ""
      Console.standardError.line("features of \(written.images) images\(studies) in \(output)")
    }
  }
}
