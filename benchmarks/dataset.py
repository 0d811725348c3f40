"""Images a second of a look at a data set, beside what peers do with the same batches.

What is taken: the guesses of each picture, and of every layer that computes something the dead channels, means, zeros
and a histogram, and the values of the layer before the scores. Photos are decoded beforehand; batches of the same size
for all; rounds take turns in one process. Peers, in torch's modules: "plain": the forward alone, as it comes; "hooks":
hooks on the same layers, but for additions, which are no modules, that count on the fly with torch's own functions over
every number, histc among them; "stored": hooks that keep all values, which are counted at the end of a round. "folder"
is the whole work, with JPEG files that are decoded meanwhile. Prints one JSON line.
Usage: python -m benchmarks.dataset [mobilenet_v2|resnet18] [PICTURES] [cpu]
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
from torch import nn
from torchvision.models import get_model

from benchmarks.patches import RECIPE, photos, resident
from explorer.engine.data_set import Evaluated, before_scores, evaluate
from explorer.engine.data_set_questions import Evaluate
from explorer.engine.program import Program
from explorer.engine.reading_ahead import ReadPicture
from explorer.engine.trace import trace, weights
from explorer.engine.weights import Tensors
from explorer.formats import tensors
from explorer.formats.picture_folder import PictureEntry
from explorer.formats.pictures import decode
from explorer.formats.recipes import to_input
from explorer.network.project import Project

ROUNDS, BATCH, BINS = 3, 8, 64


class Hooked:
    """torch's module with a hook on each layer looked at."""

    def __init__(self, module: nn.Module, names: list[str]) -> None:
        self.module, self.kept = module, dict[str, list[torch.Tensor]]()
        self.sums = dict[str, list[torch.Tensor]]()
        self.store = False
        for part in module.modules():
            if hasattr(part, "inplace"):
                setattr(part, "inplace", False)  # noqa: B010 (torch types attributes as modules)  # else what is kept is written over
        for name in names:
            module.get_submodule(name).register_forward_hook(lambda _m, _i, value, name=name: self._hear(name, value))

    def _hear(self, name: str, value: torch.Tensor) -> None:
        if self.store:
            self.kept.setdefault(name, []).append(value)
        else:
            self._count(name, value)

    def _count(self, name: str, value: torch.Tensor) -> None:
        maps = value.flatten(2) if value.dim() > 2 else value.unsqueeze(2)
        now = [maps.amax((0, 2)), maps.sum((0, 2)), (maps == 0).sum((0, 2)), torch.histc(maps, BINS, -16, 16)]
        before = self.sums.get(name)
        self.sums[name] = now if before is None else [torch.maximum(now[0], before[0]), *(
            a + b for a, b in zip(now[1:], before[1:], strict=True)
        )]  # fmt: skip

    def streamed(self, batches: list[torch.Tensor]) -> None:
        self.store = False
        for batch in batches:
            self.module(batch).softmax(1).topk(5)

    def stored(self, batches: list[torch.Tensor]) -> None:
        self.store = True
        for batch in batches:
            self.module(batch).softmax(1).topk(5)
        for name in list(self.kept):
            self._count(name, torch.cat(self.kept.pop(name)))


class Ours(Evaluated):
    """The work itself, on pictures that are decoded already."""

    def look(self, inputs: np.ndarray) -> None:
        count = len(inputs)
        self._pictures = [PictureEntry(f"{number}.jpg", 0, 0) for number in range(count)]
        self._make_room()
        for first in range(0, count, BATCH):
            batch = [ReadPicture(self._pictures[0], x) for x in inputs[first : first + BATCH]]
            self.take(batch, np.arange(first, first + len(batch), dtype=np.int32))


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "mobilenet_v2"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    cpu = sys.argv[3:] == ["cpu"]
    clock = time.thread_time if cpu else time.perf_counter
    if cpu:
        torch.set_num_threads(1)
    torch.manual_seed(0)
    built = get_model(name, weights=None).eval()
    network = trace(built)
    held: Tensors = weights(built, network)
    program = Program(network, held)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        os.environ["CNN_EXPLORER_CACHE"] = str(Path(folder) / "cache")
        pictures = Path(folder) / "pictures"
        pictures.mkdir()
        photos(pictures, count)
        project = Project(network, weights=tensors.keep({k: np.asarray(v) for k, v in held.items()}), recipe=RECIPE)
        each = 4 * BATCH
        some = sorted(pictures.iterdir())[: (1 + ROUNDS) * each]
        inputs = np.stack([to_input(decode(path).pixels, RECIPE, (3, 224, 224)) for path in some])
        question = Evaluate(project, str(pictures))
        ours = Ours(question, program, before_scores(program))
        looked = [id for id in ours._activity if id in dict(built.named_modules())]
        plain, peer = get_model(name, weights=None).eval(), Hooked(built, looked)
        runs = {
            "plain": lambda part: [plain(batch) for batch in torch.from_numpy(part).split(BATCH)],
            "hooks": lambda part: peer.streamed(list(torch.from_numpy(part).split(BATCH))),
            "stored": lambda part: peer.stored(list(torch.from_numpy(part).split(BATCH))),
            "our forward": lambda part: [
                list(program.passing(batch, [program.output])) for batch in torch.from_numpy(part).split(BATCH)
            ],
            "ours": ours.look,
        }
        times: dict[str, list[float]] = {run: [] for run in runs}
        for turn in range(1 + ROUNDS):
            for run, forward in runs.items():
                start = clock()
                forward(inputs[turn * each : (turn + 1) * each])
                if turn:
                    times[run].append(clock() - start)
        speed = {run: round(each / statistics.median(taken), 1) for run, taken in times.items()}
        before, start = resident(), time.perf_counter()
        for _ in evaluate(question):
            pass
        memory = resident() - before
        if not cpu:  # decoding is other threads' work
            speed["folder"] = round(count / (time.perf_counter() - start), 1)
    print(json.dumps({
        "benchmark": "dataset", "network": name, "threads": torch.get_num_threads(), "layers": len(looked),
        "images per second": speed,
        **{f"ours / {peer}": round(speed["ours"] / speed[peer], 2) for peer in runs if peer != "ours"},
        f"MB more after {count}": round(memory / 1e6),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
