"""Images a second of the search for the nine strongest places of every channel, beside what peers do.

Every channel of what each convolution puts out (after batch normalisation, where it follows), for photos that are
decoded beforehand; batches of the same size for all; rounds take turns in one process, each with other photos. Peers,
in torch's modules: "plain": the forward alone, as it comes; "stored": all values kept, then sorted; "hooks": hooks with
a running maximum. Ours, and the running maximum, go on from the photos of the rounds before. "folder" is the whole
search, with JPEG files that are decoded meanwhile. Memory is what the process holds after so many pictures, above what
it held before. Prints one JSON line. Usage: python -m benchmarks.patches [mobilenet_v2|vgg16] [PICTURES] [cpu]
With "cpu" one thread computes and its own time is taken: for a machine that others use meanwhile.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torchvision.models import get_model

from explorer.engine.patch_questions import FindPatches
from explorer.engine.patches import find
from explorer.engine.program import Program
from explorer.engine.strongest import take
from explorer.engine.trace import trace, weights
from explorer.engine.weights import Tensors
from explorer.formats import tensors
from explorer.formats.pictures import decode
from explorer.formats.recipes import to_input
from explorer.maths.resources import resources
from explorer.maths.top_places import TopPlaces
from explorer.network.network import Network
from explorer.network.project import Project, Recipe

ROUNDS, BATCH, COUNT = 3, 8, 9
RECIPE = Recipe(0.875, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def photos(folder: Path, count: int) -> None:
    """Parts of the sample photos, 320 pixels wide."""
    random = np.random.default_rng(0)
    paths = sorted((resources() / "samples").glob("*.jpg"))
    originals = [Image.open(path, formats=("JPEG",)).convert("RGB") for path in paths]
    for number in range(count):
        image = originals[number % len(originals)]
        side = int(min(image.size) * random.uniform(0.4, 1))
        left, top = (int(random.integers(0, whole - side + 1)) for whole in image.size)
        part = image.crop((left, top, left + side, top + side)).resize((320, 320))
        part.save(folder / f"{number:05}.jpg", quality=90)


def resident() -> int:
    """Bytes that the process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Hooked:
    """torch's module with a hook on each module looked at."""

    def __init__(self, module: nn.Module, names: list[str]) -> None:
        self.module, self.values, self.best = module, dict[str, torch.Tensor](), dict[str, torch.Tensor]()
        for part in module.modules():
            if hasattr(part, "inplace"):
                part.inplace = False  # else what is kept is written over
        for name in names:
            module.get_submodule(name).register_forward_hook(
                lambda _m, _i, value, name=name: self.values.__setitem__(name, value)
            )

    def stored(self, batches: list[torch.Tensor]) -> None:
        """Keep everything, and sort at the end."""
        kept: dict[str, list[torch.Tensor]] = {}
        for batch in batches:
            self.module(batch)
            for name, value in self.values.items():
                kept.setdefault(name, []).append(value)
            self.values.clear()
        for name in list(kept):
            value, _place = torch.cat(kept.pop(name)).flatten(2).max(2)
            value.sort(0, descending=True)

    def streamed(self, batches: list[torch.Tensor]) -> None:
        """Keep the strongest nine of each channel."""
        best = self.best
        for batch in batches:
            self.module(batch)
            for name, value in self.values.items():
                top, _place = value.flatten(2).max(2)
                both = torch.cat([best[name], top.T], 1) if name in best else top.T
                best[name] = both.topk(min(COUNT, both.shape[1]), 1)[0]
            self.values.clear()


class Ours:
    """What the search does with each batch."""

    def __init__(self, program: Program, nodes: list[str]) -> None:
        self.program, self.seen = program, 0
        self.tops = {node: TopPlaces.empty((program.facts[node].shape or (0,))[0], COUNT) for node in nodes}

    def __call__(self, batches: list[torch.Tensor]) -> None:
        for batch in batches:
            pictures = np.arange(self.seen, self.seen + len(batch), dtype=np.int32)
            self.seen += len(batch)
            for node, value in self.program.passing(batch, self.tops):
                take(self.tops[node], value, pictures)


def looked_at(network: Network) -> list[str]:
    """Each convolution, or the batch normalisation behind it."""
    found = []
    for node in network.order:
        if node.layer.kind == "Conv2d":
            users = [network.nodes[id] for id in network.users[node.id]]
            found.append(users[0].id if len(users) == 1 and users[0].layer.kind == "BatchNorm2d" else node.id)
    return found


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "mobilenet_v2"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    cpu = sys.argv[3:] == ["cpu"]
    clock = time.thread_time if cpu else time.perf_counter
    if cpu:
        torch.set_num_threads(1)
    torch.manual_seed(0)
    built = get_model(name, weights=None).eval()
    network = trace(built)
    nodes = looked_at(network)
    held: Tensors = weights(built, network)
    program = Program(network, held)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        os.environ["CNN_EXPLORER_CACHE"] = str(Path(folder) / "cache")
        pictures = Path(folder) / "pictures"
        pictures.mkdir()
        photos(pictures, count)
        project = Project(network, weights=tensors.keep({k: np.asarray(v) for k, v in held.items()}), recipe=RECIPE)
        each = (4 if name == "mobilenet_v2" else 2) * BATCH
        some = sorted(pictures.iterdir())[: (1 + ROUNDS) * each]
        inputs = np.stack([to_input(decode(path).pixels, RECIPE, (3, 224, 224)) for path in some])
        trunk = get_model(name, weights=None).eval().features
        peer = Hooked(built.features, [node.removeprefix("features.") for node in nodes])
        runs = {
            "plain": lambda batches: [trunk(batch) for batch in batches],
            "hooks": peer.streamed,
            "stored": peer.stored,
            "our forward": lambda batches: [list(program.passing(batch, [nodes[-1]])) for batch in batches],
            "ours": Ours(program, nodes),
        }
        times: dict[str, list[float]] = {run: [] for run in runs}
        for turn in range(1 + ROUNDS):
            batches = list(torch.from_numpy(inputs[turn * each : (turn + 1) * each]).split(BATCH))
            for run, forward in runs.items():
                start = clock()
                forward(batches)
                if turn:
                    times[run].append(clock() - start)
        speed = {run: round(each / statistics.median(taken), 1) for run, taken in times.items()}
        memory, before = {}, resident()
        question = FindPatches(project, tuple(nodes), str(pictures))
        start, seen = time.perf_counter(), 0
        for step in find(question):
            seen = max(seen, getattr(step, "done", 0))
            if seen >= 100 and 100 not in memory:
                memory[100] = resident() - before
        memory[count] = resident() - before
        if not cpu:  # decoding is other threads' work
            speed["folder"] = round(count / (time.perf_counter() - start), 1)
    print(json.dumps({
        "benchmark": "patches", "network": name, "threads": torch.get_num_threads(),
        "channels": sum((program.facts[node].shape or (0,))[0] for node in nodes), "images per second": speed,
        **{f"ours / {peer}": round(speed["ours"] / speed[peer], 2) for peer in runs if peer != "ours"},
        "MB more after": {str(n): round(size / 1e6) for n, size in memory.items()},
    }))  # fmt: skip


if __name__ == "__main__":
    main()
