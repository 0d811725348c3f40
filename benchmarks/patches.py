"""Images a second of the search for the nine strongest places of every channel, beside what peers do.

Every channel of what each convolution puts out (after batch normalisation, where it follows), for photos that are
decoded beforehand; batches of the same size for all; rounds take turns, each with other photos. Peers, in torch's
modules, each in a process of its own as it comes: "plain": the forward alone; "stored": all values kept, then sorted;
"hooks": hooks with a running maximum. "plain, memory kept" is the forward alone in our process, whose freed memory is
kept as the worker's is. Ours, and the running maximum, go on from the photos of the rounds before. "folder" is the
whole search in a process of its own, with JPEG files that are decoded meanwhile. Memory is what that process holds
after so many pictures, above what it held when it had computed the same nodes' values of one batch: the packed weights
are there with or without a search. Prints one JSON line.
Usage: python -m benchmarks.patches [mobilenet_v2|vgg16] [PICTURES] [cpu]
With "cpu" one thread computes and its own time is taken: for a machine that others use meanwhile.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torchvision.models import get_model

from explorer.engine.memory import keep_freed
from explorer.engine.patch_questions import FindPatches
from explorer.engine.patches import find
from explorer.engine.probes import program_of
from explorer.engine.program import Program
from explorer.engine.strongest import Strongest
from explorer.engine.trace import trace, weights
from explorer.engine.weights import Tensors
from explorer.formats import tensors
from explorer.formats.pictures import decode
from explorer.formats.recipes import to_input
from explorer.maths.resources import resources
from explorer.maths.steps import at_once
from explorer.network.network import Network
from explorer.network.project import Project, Recipe

ROUNDS, COUNT = 3, 9
BATCHES = {"mobilenet_v2": (4, 16), "vgg16": (3, 4)}
"""How many in a round, and pictures in each: as many as the search itself takes."""
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
                setattr(part, "inplace", False)  # noqa: B010 (torch types attributes as modules)  # else what is kept is written over
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
        self.strongest = Strongest({node: (program.facts[node].shape or (0,))[0] for node in nodes}, COUNT)

    def __call__(self, batches: list[torch.Tensor]) -> None:
        for batch in batches:
            pictures = np.arange(self.seen, self.seen + len(batch), dtype=np.int32)
            self.seen += len(batch)
            for node, value in self.program.passing(batch, self.strongest.tops):
                self.strongest.see(node, value, pictures)
            self.strongest.take_in()


def differing(program: Program, nodes: list[str], batch: torch.Tensor) -> int:
    """How many of the strongest values of a batch (N, 3, H, W) are not those that all values, kept and sorted, have."""
    ours, wrong = Ours(program, nodes), 0
    ours([batch])
    values = program.values(batch, nodes)
    for node, found in ours.strongest.tops.items():
        best, place = values[node].flatten(2).max(2)  # [N, C]
        order = best.sort(dim=0, descending=True, stable=True)[1][:COUNT].T  # [C, pictures]
        wanted, where = (of.T.gather(1, order).numpy() for of in (best, place))
        same = (found.pictures == order.numpy()) & (found.places == where)
        wrong += int((~same & ~np.isclose(found.values, wanted, 1e-5, 1e-6)).sum())  # two places may be as strong
    return wrong


def looked_at(network: Network) -> list[str]:
    """Each convolution, or the batch normalisation behind it."""
    found = []
    for node in network.order:
        if node.layer.kind == "Conv2d":
            users = [network.nodes[id] for id in network.users[node.id]]
            found.append(users[0].id if len(users) == 1 and users[0].layer.kind == "BatchNorm2d" else node.id)
    return found


def torch_s(name: str) -> nn.Module:
    torch.manual_seed(0)
    made: nn.Module = get_model(name, weights=None).eval()
    return made


Run = Callable[[list[torch.Tensor]], object]


def timed(run: Run, inputs: str, turn: int, name: str, cpu: bool) -> float:
    """Seconds for the photos of a round."""
    clock, (count, batch) = time.thread_time if cpu else time.perf_counter, BATCHES[name]
    some = np.load(inputs, mmap_mode="c")[turn * count * batch : (turn + 1) * count * batch]
    batches = list(torch.from_numpy(np.array(some)).split(batch))
    with torch.inference_mode():
        start = clock()
        run(batches)
        return clock() - start


def peer(connection: Connection, run: str, name: str, nodes: list[str], cpu: bool) -> None:
    """A process: each message is a file of photos and a round; the answer is how long it took."""
    if cpu:
        torch.set_num_threads(1)
    trunk, watched = (torch_s(name).get_submodule("features") for _ in range(2))
    hooked = Hooked(watched, [node.removeprefix("features.") for node in nodes])
    runs: dict[str, Run] = {
        "plain": lambda batches: [trunk(one) for one in batches],
        "hooks": hooked.streamed,
        "stored": hooked.stored,
    }
    while message := connection.recv():
        inputs, turn = message
        connection.send(timed(runs[run], inputs, turn, name, cpu))


def folder(connection: Connection, question: FindPatches, batch: int, count: int, cpu: bool) -> None:
    """A process: searches `count` pictures, and sends seconds, and bytes more after some of them."""
    if cpu:
        torch.set_num_threads(1)
    keep_freed()
    program = at_once(program_of(question.project, question.device))
    with torch.inference_mode():
        for _node, _value in program.passing(torch.rand(batch, 3, 224, 224), question.nodes):
            pass
    before, memory, start, seen = resident(), dict[int, int](), time.perf_counter(), 0
    for step in find(question):
        seen = max(seen, getattr(step, "done", 0))
        if seen >= 100 and 100 not in memory:
            memory[100] = resident() - before
    memory[count] = resident() - before
    connection.send((time.perf_counter() - start, memory))


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "mobilenet_v2"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    cpu = sys.argv[3:] == ["cpu"]
    if cpu:
        torch.set_num_threads(1)
    keep_freed()
    built = torch_s(name)
    network = trace(built)
    nodes = looked_at(network)
    held: Tensors = weights(built, network)
    program = Program(network, held)
    spawn, peers = multiprocessing.get_context("spawn"), {}
    for run in ("plain", "hooks", "stored"):  # what one leaves of its memory would serve the others
        peers[run], end = spawn.Pipe()
        spawn.Process(target=peer, args=(end, run, name, nodes, cpu), daemon=True).start()
    with tempfile.TemporaryDirectory() as place:
        os.environ["CNN_EXPLORER_CACHE"] = str(Path(place) / "cache")
        pictures = Path(place) / "pictures"
        pictures.mkdir()
        photos(pictures, count)
        project = Project(network, weights=tensors.keep({k: np.asarray(v) for k, v in held.items()}), recipe=RECIPE)
        each = BATCHES[name][0] * BATCHES[name][1]
        some = sorted(pictures.iterdir())[: (1 + ROUNDS) * each]
        inputs = str(Path(place) / "inputs.npy")
        np.save(inputs, np.stack([to_input(decode(path).pixels, RECIPE, (3, 224, 224)) for path in some]))
        trunk = built.get_submodule("features")
        runs: dict[str, Run] = {
            "plain, memory kept": lambda batches: [trunk(one) for one in batches],
            "our forward": lambda batches: [list(program.passing(one, [nodes[-1]])) for one in batches],
            "ours": Ours(program, nodes),
        }
        times: dict[str, list[float]] = {run: [] for run in (*peers, *runs)}
        for turn in range(1 + ROUNDS):
            for run, taken in times.items():
                if run in runs:
                    seconds = timed(runs[run], inputs, turn, name, cpu)
                else:
                    peers[run].send((inputs, turn))
                    seconds = peers[run].recv()
                if turn:
                    taken.append(seconds)
        for there in peers.values():
            there.send(None)
        speed = {run: round(each / statistics.median(taken), 1) for run, taken in times.items()}
        answer, end = spawn.Pipe(duplex=False)
        question = FindPatches(project, tuple(nodes), str(pictures))
        searching = spawn.Process(target=folder, args=(end, question, BATCHES[name][1], count, cpu))
        searching.start()
        seconds, memory = answer.recv()
        searching.join()
        if not cpu:  # decoding is other threads' work
            speed["folder"] = round(count / seconds, 1)
        first = torch.from_numpy(np.array(np.load(inputs, mmap_mode="r")[:COUNT]))
        wrong = differing(program, nodes, first)
    print(json.dumps({
        "benchmark": "patches", "network": name, "threads": torch.get_num_threads(),
        "channels": sum((program.facts[node].shape or (0,))[0] for node in nodes), "images per second": speed,
        "places that differ": wrong,
        **{f"ours / {peer}": round(speed["ours"] / speed[peer], 2) for peer in times if peer != "ours"},
        "MB more after": {str(n): round(size / 1e6) for n, size in memory.items()},
    }))  # fmt: skip


if __name__ == "__main__":
    main()
