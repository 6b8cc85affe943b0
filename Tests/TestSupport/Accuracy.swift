/// The norm of the difference over the norm of the reference; the plain norm where that is zero.
///
/// `‖a − b‖₂ / ‖b‖₂`, in double; infinite for unlike counts or a value that is not a number.
public func relativeError<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(
  _ values: [A], _ reference: [B]
) -> Double {
  guard values.count == reference.count else { return .infinity }
  var difference = 0.0
  var norm = 0.0
  for (value, wanted) in zip(values, reference) {
    let (value, wanted) = (Double(value), Double(wanted))
    difference += (value - wanted) * (value - wanted)
    norm += wanted * wanted
  }
  let error = norm == 0 ? difference.squareRoot() : (difference / norm).squareRoot()
  return error.isNaN ? .infinity : error
}

/// `|a − b| / max(|b|, floor)`; infinite for a value that is not a number.
public func relativeError<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(
  _ value: A, _ reference: B, floor: Double = 0
) -> Double {
  let difference = abs(Double(value) - Double(reference))
  guard difference != 0 else { return 0 }
  let error = difference / max(abs(Double(reference)), floor)
  return error.isNaN ? .infinity : error
}

/// The largest `|a − b|`; infinite for unlike counts or a value that is not a number.
public func largestDifference<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(
  _ values: [A], _ reference: [B]
) -> Double {
  guard values.count == reference.count else { return .infinity }
  return zip(values, reference).reduce(0) { largest, pair in
    let difference = abs(Double(pair.0) - Double(pair.1))
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}
