"""Times Pillow reading radiographs as training needs them: decoded, grey, 256 x 256; on one core.

    python scripts/bench/pillow.py FOLDER [--passes N] [--core K]

Prints {"images": n, "seconds": [one for each pass]}. The first pass may still read from the disk.
"""

import argparse
import json
import os
import pathlib
import time

from PIL import Image

SIDE = (256, 256)
ENDINGS = {".jpg", ".jpeg", ".png"}


def read(path):
    """One image; JPEG is decoded at the smallest scale that is large enough."""
    with Image.open(path) as image:
        image.draft("L", SIDE)
        return image.convert("L").resize(SIDE, Image.Resampling.BILINEAR)


def main():
    """Times the passes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--core", type=int, default=min(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    os.sched_setaffinity(0, [arguments.core])
    files = arguments.folder.rglob("*")
    paths = sorted(path for path in files if path.suffix.lower() in ENDINGS)
    if not paths:
        raise SystemExit(f"error: {arguments.folder} has no JPEG or PNG files")

    seconds = []
    for _ in range(arguments.passes):
        start = time.perf_counter()
        for path in paths:
            read(path)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"images": len(paths), "seconds": seconds}))


if __name__ == "__main__":
    main()
