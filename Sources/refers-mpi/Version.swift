import Distributed
import Tensors

/// What `--version` prints: everything that decides which instructions run.
enum Version {
  static var text: String {
    """
    refers-mpi \(builtCommit)
    built for  \(builtProcessor), \(configuration)
    MPI        \(Communicator.libraryVersion)
    BLAS       \(blas)
    """
  }

  private static var blas: String {
    do { return try MatrixLibrary.auto.open().identity } catch { return "\(error)" }
  }

  private static var configuration: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }
}
