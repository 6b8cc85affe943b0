import Foundation
import PackagePlugin

/// Writes the commit a package stands at into a Swift file, before every build.
///
/// The manifest could ask SwiftPM for it, but manifests are cached: after the next commit the
/// answer would still be the last one.
@main
struct RecordCommit: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) -> [Command] {
    let folder = context.pluginWorkDirectoryURL.appending(path: "Commit")
    return [
      .prebuildCommand(
        displayName: "Record the commit", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", script, "sh", context.package.directoryURL.path, folder.path],
        outputFilesDirectory: folder)
    ]
  }

  /// Replaces the file only if the text has changed, so that nothing is compiled in vain.
  private var script: String {
    """
    commit=unknown
    if [ -e "$1/.git" ]; then
      commit=$(git -C "$1" rev-parse HEAD 2> /dev/null) || commit=unknown
      changes=$(git -C "$1" --no-optional-locks status --porcelain -uno 2> /dev/null)
      [ -z "$changes" ] || commit="$commit with changes"
    fi
    text="let builtCommit = \\"$commit\\""
    mkdir -p "$2"
    [ "$(cat "$2/Commit.swift" 2> /dev/null)" = "$text" ] || echo "$text" > "$2/Commit.swift"
    """
  }
}
