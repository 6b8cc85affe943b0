import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

final class StudyLoaderTests: XCTestCase {
  private func preparer(
    _ source: some StudySource, cache: ImageCache? = nil
  ) throws -> StudyPreparer {
    let reports = try source.studies.indices.map { try source.report(of: $0) }
    return try StudyPreparer(
      source: source,
      tokenizer: WordPieceTokenizer(
        vocabulary: try WordPieceTrainer(size: 200).train(on: reports)),
      image: ImageOptions(resize: 24, crop: 20), seed: 3, cache: cache)
  }

  private func requests(_ count: Int, epochs: Range<Int> = 0..<3) -> [LoadRequest] {
    let plan = EpochPlan(seed: 3, studies: Array(0..<count), batch: 4, shuffled: true)
    return epochs.flatMap { epoch in
      plan.steps(ofEpoch: epoch).map { LoadRequest(epoch: epoch, studies: $0, training: true) }
    }
  }

  private func all(_ loader: StudyLoader) throws -> [[PreparedStudy]] {
    var result: [[PreparedStudy]] = []
    while let studies = try loader.next() { result.append(studies) }
    return result
  }

  func testSameStudiesWithAnyWorkersDepthAndCache() throws {
    let source = ListedStudies(radiographs: (0..<18).map { $0 % 4 + 1 })
    let requests = requests(18)
    let plain = try preparer(source)
    let wanted = try requests.map { request in
      try request.studies.map { try plain.prepare($0, epoch: request.epoch, training: true) }
    }
    for (workers, depth) in [(0, 1), (1, 1), (1, 3), (3, 1), (3, 2), (8, 50)] {
      for budget in [nil, 0, 2000, 1 << 20] {
        let cache = budget.map { ImageCache(budget: $0) }
        let loader = try StudyLoader(
          preparer: preparer(source, cache: cache), requests: requests, workers: workers,
          depth: depth)
        XCTAssertEqual(
          try all(loader), wanted, "\(workers) workers, depth \(depth), cache \(budget as Any)")
        XCTAssertNil(try loader.next(), "the end stays the end")
        if let cache, let budget {
          XCTAssertLessThanOrEqual(cache.byteCount, budget)
          if budget > 1000 { XCTAssertGreaterThan(cache.byteCount, 0) }
        }
      }
    }
  }

  func testEmptyRequests() throws {
    let preparer = try preparer(ListedStudies(radiographs: [1]))
    for workers in [0, 2] {
      let none = try StudyLoader(preparer: preparer, requests: [], workers: workers, depth: 2)
      XCTAssertNil(try none.next())
      let empty = LoadRequest(epoch: 0, studies: [], training: true)
      let one = LoadRequest(epoch: 0, studies: [0], training: true)
      let loader = try StudyLoader(
        preparer: preparer, requests: [empty, one, empty], workers: workers, depth: 1)
      XCTAssertEqual(try all(loader).map(\.count), [0, 1, 0])
    }
  }

  func testErrorsArriveAtTheirRequest() throws {
    let good = ListedStudies(radiographs: Array(repeating: 1, count: 6))
    let bad = Radiograph(file: "/nowhere/none.jpg")
    let studies = good.studies.enumerated().map { index, study in
      index == 2 || index == 3
        ? Study(identifier: "x", patient: "x", radiographs: [bad], split: .train) : study
    }
    let preparer = try preparer(ListedStudies(studies: studies, reports: good.reports))
    let requests = [[0, 1], [3, 2, 4], [5, 4]].map {
      LoadRequest(epoch: 0, studies: $0, training: false)
    }
    for workers in [0, 1, 3] {
      let loader = try StudyLoader(
        preparer: preparer, requests: requests, workers: workers, depth: 3)
      XCTAssertEqual(try loader.next()?.map(\.index), [0, 1])
      let failure = caught { _ = try loader.next() }
      XCTAssertEqual(failure?.code, .file)
      XCTAssertEqual(failure?.context.first, "study 3", "the first of the request")
      XCTAssertEqual(try loader.next()?.map(\.index), [5, 4])
      XCTAssertNil(try loader.next())
    }
  }

  func testStopsEarlyAndReadsNoFurtherThanItsDepth() throws {
    final class Counter: @unchecked Sendable {
      let lock = NSLock()
      var count = 0
    }
    let preparer = try preparer(ListedStudies(radiographs: [1, 2, 3]))
    for taken in [0, 1, 5] {
      let counter = Counter()
      let endless = sequence(first: 0) { $0 + 1 }.lazy.map { step in
        counter.lock.withLock { counter.count += 1 }
        return LoadRequest(epoch: step, studies: [0, 1, 2], training: true)
      }
      do {
        let loader = try StudyLoader(preparer: preparer, requests: endless, workers: 3, depth: 2)
        for step in 0..<taken {
          XCTAssertEqual(try loader.next()?.map(\.index), [0, 1, 2], "\(step)")
        }
        Thread.sleep(forTimeInterval: 0.05)
        XCTAssertLessThanOrEqual(counter.lock.withLock { counter.count }, taken + 2)
      }
      let count = counter.lock.withLock { counter.count }
      Thread.sleep(forTimeInterval: 0.02)
      XCTAssertEqual(counter.lock.withLock { counter.count }, count, "no worker is left")
    }
  }

  func testRealStudies() throws {
    let source = try ManifestSource(path: realData("covid_idc/reports.csv"))
    let train = source.indices(of: [.train])
    let reports = try train.map { try source.report(of: $0) }
    let preparer = try StudyPreparer(
      source: source,
      tokenizer: WordPieceTokenizer(
        vocabulary: try WordPieceTrainer(size: 2000).train(on: reports)),
      image: ImageOptions(resize: 146, crop: 128), seed: 1)
    let plan = EpochPlan(seed: 1, studies: train, batch: 32, shuffled: true)
    let loader = try StudyLoader(
      preparer: preparer,
      requests: plan.steps(ofEpoch: 0).map { LoadRequest(epoch: 0, studies: $0, training: true) },
      workers: 2, depth: 2)
    XCTAssertEqual(try all(loader).joined().map(\.index).sorted(), train)
  }
}
