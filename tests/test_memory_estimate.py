"""M1 of SECURITY's goals: what a run is said to take, beside what its process, one for each, took at most."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.classics.catalogue import CLASSICS
from explorer.layers.dense import Input
from explorer.network.analysis import analyse
from explorer.network.network import Network

PROGRAM = """
import json, os, sys
import torch
from explorer.classics.catalogue import CLASSICS
from explorer.engine.memory import give_back, keep_freed
from explorer.engine.program import Program
from tests.test_memory_estimate import sized

def megabytes(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(key)) / 1000

torch.set_num_threads(1)
torch.nn.functional.conv2d(torch.rand(1, 3, 8, 8), torch.rand(4, 3, 3, 3))
def measure(name, times):
    network = sized(CLASSICS[name].network, times)
    keep_freed()
    program = Program(network, {})
    x = torch.rand(1, *program.facts[program.entry([program.output])].shape)
    needed = []
    program.check_room = lambda numbers, nodes: needed.append(program.needed(numbers, nodes) / 1e6)
    give_back()
    open("/proc/self/clear_refs", "w").write("5")
    before = megabytes("VmRSS")
    program.run(x)
    print(json.dumps([name, times, round(needed[0], 1), round(megabytes("VmHWM") - before, 1)]), flush=True)

for name, times in json.loads(sys.argv[1]):
    if not (child := os.fork()):  # one process each, and torch is imported once
        measure(name, times)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, name
"""

FEW = ("lenet5", "resnet34", "mobilenet_v2", "unet")
HIGH, LOW = 2.0, 0.7


def entry(network: Network) -> str:
    """The network's only Input."""
    [id] = (node.id for node in network.nodes.values() if isinstance(node.layer, Input))
    return id


def sized(network: Network, times: float) -> Network:
    """The network with an Input so many times as high and wide."""
    id = entry(network)
    layer = network.nodes[id].layer
    assert isinstance(layer, Input)
    return network.with_settings(id, height=int(times * layer.height), width=int(times * layer.width))


def measured(cases: list[tuple[str, float]]) -> dict[tuple[str, float], tuple[float, float]]:
    """Megabytes, told and taken, of each network with its Input so many times as high and wide."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(cases)],
        capture_output=True,
        text=True,
        timeout=120 * len(cases),
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 0, done.stderr
    lines = map(json.loads, done.stdout.splitlines())
    found = {(name, times): (told, taken) for name, times, told, taken in lines}
    assert list(found) == cases
    return found


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the most a process took is read from /proc")
def test_what_is_told_is_about_what_is_taken() -> None:
    for name, (told, taken) in measured([(name, 1) for name in FEW]).items():
        assert LOW <= told / taken <= HIGH, (name, told, taken)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_for_every_network_of_the_gallery() -> None:
    """With pictures of its own size, and of half as many lines and columns again where it takes these."""
    found = measured([
        (name, times)
        for name, classic in CLASSICS.items()
        if sum(isinstance(node.layer, Input) for node in classic.network.nodes.values()) == 1
        for times in (1, 1.5)
        if not any(facts.problem for facts in analyse(sized(classic.network, times)).values())
    ])  # fmt: skip
    ratios = {one: round(told / taken, 2) for one, (told, taken) in found.items()}
    print(len(ratios), ratios)
    assert len(ratios) >= 60
    outside = {one: found[one] for one, ratio in ratios.items() if not LOW <= ratio <= HIGH}
    assert len(outside) <= 0.05 * len(ratios), outside
