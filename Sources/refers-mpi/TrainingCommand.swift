import ArgumentParser
import Diagnostics
import Distributed
import Foundation
import REFERS

/// A command that trains on all ranks: rank 0 decides what, all of them do it, and a run that was
/// asked to stop ends with 75.
protocol TrainingCommand: ParsableCommand {
  /// What rank 0 decides and every rank is given.
  associatedtype Plan

  var timeLimit: String? { get }

  /// What the options mean on this machine, with the table of the configuration; on rank 0.
  func decided() throws -> (plan: Plan, configuration: Configuration, table: String)
  /// Rank 0's plan on every rank; nil where rank 0 has none.
  func shared(_ plan: Plan?, over communicator: Communicator) throws -> Plan?
  func train(
    _ plan: Plan, over communicator: Communicator, timeLimit: TimeLimit?
  ) throws -> StopReason?
}

extension TrainingCommand {
  func run() throws {
    do {
      let began = ContinuousClock.now
      try StopSignals.install()
      let communicator = try Communicator.world()
      guard
        let plan = try shared(communicator.rank == 0 ? own(communicator) : nil, over: communicator)
      else {
        try communicator.finalize()
        throw ExitCode.failure
      }
      let reason = try train(
        plan, over: communicator,
        timeLimit: communicator.rank == 0
          ? try TimeLimit.ofRun(option: timeLimit, start: began) : nil)
      fflush(nil)
      try communicator.finalize()
      if reason != nil { throw ExitCode(StopReason.exitStatus) }
    } catch let code as ExitCode {
      throw code
    } catch {
      // The other ranks may be waiting for this one.
      Communicator.fail(error)
    }
  }

  /// What rank 0 decides; nil where the options cannot be used, which it has said by then.
  private func own(_ communicator: Communicator) -> Plan? {
    do {
      let (plan, configuration, table) = try decided()
      guard communicator.size <= configuration.shards else {
        throw Failure(
          .configuration, "\(communicator.size) ranks share \(configuration.shards) shards.",
          remedy: "Start at most \(configuration.shards) ranks, or raise `shards`.")
      }
      print(table + "\n")
      fflush(nil)
      return plan
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      return nil
    }
  }
}
