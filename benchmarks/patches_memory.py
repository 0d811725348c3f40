"""What the search for patches holds in memory after 100, 1,000 and 10,000 pictures.

The pictures are copies of thirty parts of the sample photos, each of which is read afresh. A small network stands for a
large one, so that it takes minutes: three convolutions, all of whose channels are searched. Prints one JSON line.
Usage: python -m benchmarks.patches_memory
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

from benchmarks.patches import photos, resident
from explorer.engine.memory import keep_freed
from explorer.engine.patch_questions import FindPatches
from explorer.engine.patches import find
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe

AT = (100, 1_000, 10_000)
PHOTOS = 30


def network() -> Network:
    """Three convolutions with random weights."""
    nodes = {"in": Node("in", Input(3, 96, 96))}
    last = "in"
    for number, channels in enumerate((32, 64, 128)):
        conv, relu = f"conv{number}", f"relu{number}"
        nodes[conv] = Node(conv, Conv2d(channels, 3, 2, 1), (last,))
        nodes[relu] = Node(relu, ReLU(), (conv,))
        last = relu
    return Network(nodes)


def main() -> None:
    keep_freed()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNN_EXPLORER_CACHE"] = str(Path(folder) / "cache")
        originals, pictures = Path(folder) / "originals", Path(folder) / "pictures"
        for place in (originals, pictures):
            place.mkdir()
        photos(originals, PHOTOS)
        files = [path.read_bytes() for path in sorted(originals.iterdir())]
        for number in range(AT[-1]):
            (pictures / f"{number:05}.jpg").write_bytes(files[number % PHOTOS])
        nodes = tuple(id for id in network().nodes if id != "in")
        held, most = dict[int, int](), 0
        start = time.perf_counter()
        for step in find(FindPatches(Project(network(), recipe=Recipe(0.9)), nodes, str(pictures))):
            done, now = getattr(step, "done", 0), resident()
            most = max(most, now)
            for count in AT:
                if done >= count and count not in held:
                    held[count] = now
        seconds = time.perf_counter() - start
    print(json.dumps({
        "benchmark": "patches_memory", "unit": "MB",
        "held after": {str(n): round(size / 1e6) for n, size in held.items()},
        "more from 100 to 10,000": round((held[AT[-1]] - held[AT[0]]) / 1e6, 1), "most": round(most / 1e6),
        "images per second": round(AT[-1] / seconds),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
