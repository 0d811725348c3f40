"""The gallery: each network is what its source says, and torchvision's own where that has it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from explorer.classics.catalogue import CLASSICS, KERAS
from explorer.classics.others import ARCHITECTURES
from explorer.engine.library import architecture, traced
from explorer.engine.program import Program
from explorer.network.analysis import analyse, faulty, totals
from explorer.network.receptive_field import receptive_field

SHARED = sorted(CLASSICS.keys() & set(ARCHITECTURES))


@pytest.mark.parametrize("name", SHARED)
def test_written_down_is_what_torchvision_builds(name: str) -> None:
    """Node by node: ids, settings, links and their order, against torchvision's code read by torch.fx."""
    theirs = traced(name).nodes
    if name == "googlenet":  # torchvision's has the side branches that only training runs; the gallery has both
        assert CLASSICS["googlenet_sides"].network.nodes == theirs
        theirs = {id: node for id, node in theirs.items() if not id.startswith("aux")}
    assert list(CLASSICS[name].network.nodes.items()) == list(theirs.items())


def test_a_classic_needs_no_torch() -> None:
    assert len(SHARED) == 27
    code = (
        "import sys; from explorer.engine.library import architecture; architecture('resnet50'); "
        "sys.exit(any(m in sys.modules for m in ('torch', 'torchvision', 'PySide6')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert architecture("resnet50").title == "ResNet-50"


@pytest.mark.parametrize("name", CLASSICS)
def test_every_classic_is_sound_and_told(name: str) -> None:
    classic = CLASSICS[name]
    facts = analyse(classic.network)
    assert not faulty(facts)
    assert not totals(facts).problem
    assert classic.name == name
    assert 1990 < classic.year < 2020
    assert 80 < len(classic.story) < 600
    assert classic.source
    assert "\n" not in classic.story
    assert classic.project.network is classic.network
    assert classic.story in classic.project.origin


def test_titles_are_different() -> None:
    assert len(CLASSICS) == 54  # as README and changes say
    assert len({classic.title for classic in CLASSICS.values()}) == len(CLASSICS)
    assert set(KERAS) | set(KERAS.values()) <= CLASSICS.keys()


@pytest.mark.parametrize(
    ("name", "field"), [("resnet50", 427), ("resnet50_v1", 483), ("resnet50_keras", 483), ("vgg16", 212)]
)
def test_receptive_field_before_the_end(name: str, field: int) -> None:
    network = CLASSICS[name].network
    last = "layer4.2.relu_2" if name.startswith("resnet") else "features.30"
    found = receptive_field(network, analyse(network), last)
    assert found is not None
    assert found.size == (field, field)


@pytest.mark.parametrize("name", ["lenet5", "lenet_course", "convnet39", "sliding28", "sliding_fc", "yolo_3x3x16"])
def test_small_ones_run(name: str) -> None:
    """In torch, with the shapes they say."""
    import torch

    network = CLASSICS[name].network
    facts = analyse(network)
    last = network.order[-1].id
    out, _ = Program(network, {}).run(torch.rand(1, *facts["input"].shape))
    assert tuple(out.shape[1:]) == facts[last].shape
