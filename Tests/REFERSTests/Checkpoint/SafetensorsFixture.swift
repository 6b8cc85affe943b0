import Foundation

/// A file as the Python package safetensors 0.8.0 writes it, made once by:
///
///     import base64
///     import numpy as np
///     from safetensors.numpy import save
///     data = save({
///       "transformer.embeddings.cls_token": np.arange(6, dtype="<f4").reshape(1, 1, 6) / 4 - 0.5,
///       'loss."scale"\t\u00e9': np.array(0.1, dtype="<f4"),
///       "position_ids": np.array([[0, 1, -(1 << 62)]], dtype="<i8"),
///       "empty": np.zeros((2, 0, 3), dtype="<f4"),
///       "flags": np.array([True, False, True]),
///       "bytes": np.array([1, 2, 255], dtype="u1"),
///     }, metadata={"format": "np"})
///     print(base64.b64encode(data).decode())
enum SafetensorsFixture {
  static var bytes: Data { Data(base64Encoded: text) ?? Data() }

  private static let text =
    "wAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJucCJ9LCJwb3NpdGlvbl9pZHMiOnsiZHR5cGUiOi"
    + "JJNjQiLCJzaGFwZSI6WzEsM10sImRhdGFfb2Zmc2V0cyI6WzAsMjRdfSwiZW1wdHkiOnsiZHR5cGUiOiJGMzIi"
    + "LCJzaGFwZSI6WzIsMCwzXSwiZGF0YV9vZmZzZXRzIjpbMjQsMjRdfSwibG9zcy5cInNjYWxlXCJcdMOpIjp7Im"
    + "R0eXBlIjoiRjMyIiwic2hhcGUiOltdLCJkYXRhX29mZnNldHMiOlsyNCwyOF19LCJ0cmFuc2Zvcm1lci5lbWJl"
    + "ZGRpbmdzLmNsc190b2tlbiI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMSwxLDZdLCJkYXRhX29mZnNldHMiOl"
    + "syOCw1Ml19LCJieXRlcyI6eyJkdHlwZSI6IlU4Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbNTIsNTVd"
    + "fSwiZmxhZ3MiOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbNTUsNThdfX0gIC"
    + "AgICAgAAAAAAAAAAABAAAAAAAAAAAAAAAAAADAzczMPQAAAL8AAIC+AAAAAAAAgD4AAAA/AABAPwEC/wEAAQ=="
}
