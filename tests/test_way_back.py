"""The way back through a network layer by layer, beside torch's own at one go."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest
import torch

from explorer.engine import way_back
from explorer.engine.probes import program_of
from explorer.engine.program import Program
from explorer.engine.questions import Pixels
from explorer.engine.sloped import Sloped
from explorer.engine.style_pictures import from_pixels
from explorer.engine.style_questions import StyleOf, StylePicture
from explorer.engine.style_targets import checked, objective_for
from explorer.engine.way_back import Way, each
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.joins import Add
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.steps import at_once
from explorer.network.network import Network, Node
from explorer.probes.style import Style
from tests.style_side import painter


@pytest.fixture
def branching() -> Program:
    """A shortcut over two convolutions, a pooling, a value of two users, one that is added to itself, and no ReLU
    at the end."""
    nodes = {"in": Node("in", Input(3, 12, 10))}
    for id, layer, *before in (
        ("a", Conv2d(4, 3, padding=1), "in"), ("r", ReLU(), "a"), ("b", Conv2d(4, 3, padding=1), "r"),
        ("sum", Add(), "b", "r"), ("pool", MaxPool2d(2), "sum"), ("twice", Add(), "pool", "pool"),
        ("end", Conv2d(2, 1), "twice"),
    ):  # fmt: skip
        nodes[id] = Node(id, layer, tuple(before))
    return Program(Network(nodes), {})


@pytest.mark.parametrize("wanted", [("end",), ("r", "end"), ("sum", "r", "pool"), ("in", "b")])
def test_slopes_are_those_at_one_go(branching: Program, wanted: tuple[str, ...]) -> None:
    network = Sloped(branching, wanted)
    x = torch.randn(1, 3, 12, 10, generator=torch.Generator().manual_seed(1)).requires_grad_()
    whole = network.values(x)
    (expected,) = torch.autograd.grad(sum((value**3).sum() for value in whole.values()), x)
    way = Way(network.entry)
    values = at_once(network.ahead(x, way))
    slope = at_once(way.back(x, {id: 3 * value.detach() ** 2 for id, value in values.items()}))
    assert torch.allclose(slope, expected, atol=1e-5)


@pytest.mark.parametrize("gone", ["whole", "in part", "not at all"])
def test_nothing_of_it_is_kept(branching: Program, gone: str) -> None:
    """Each step of a style transfer kept its picture and its graph, and all values where it was broken off."""
    network = Sloped(branching, ("end",))
    x = torch.randn(1, 3, 12, 10).requires_grad_()
    there = weakref.ref(x)
    way = Way(network.entry)
    values = at_once(network.ahead(x, way))
    back = way.back(x, {"end": torch.ones_like(values["end"])})
    for _ in {"whole": back, "in part": range(2), "not at all": ()}[gone]:
        if gone == "in part":
            next(back)
    del x, way, values, back
    gc.collect()
    assert there() is None


def test_the_slopes_of_others_are_as_they_were_in_a_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way_back, "BREATH", 0.0)
    inside = []

    def steps():
        for _ in range(3):
            inside.append((torch.is_grad_enabled(), torch.is_inference_mode_enabled()))
            yield

    with torch.inference_mode():
        outside = [torch.is_inference_mode_enabled() for _ in each(steps(), slopes=True)]
    assert inside == [(True, False)] * 3
    assert outside == [True] * 3


@pytest.mark.parametrize("tile", [0, 32])
def test_a_picture_is_looked_at_with_a_breath_behind_each_layer(monkeypatch: pytest.MonkeyPatch, tile: int) -> None:
    """So a stop is seen between layers, there and back, of each tile, and while the targets are computed. The slopes
    ask for nothing of torch's compiler, whose import would hold up the first step."""
    monkeypatch.setattr(way_back, "BREATH", 0.0)
    project, picture = painter(), Pixels(torch.randint(0, 256, (48, 64, 3), dtype=torch.uint8).numpy())
    program = last(program_of(project, "cpu"))[0]
    question = checked(StyleOf(project, picture, (StylePicture(picture),), Style(size=64, tile=tile)), program)
    objective, breaths = last(objective_for(question, program, from_pixels(picture.pixels)))
    parts = objective.seen.parts
    assert len(parts) == (4 if tile else 1)
    steps = sum(len(part.network.steps) for part in parts)
    assert breaths > 2 * steps
    monkeypatch.setitem(sys.modules, "torch.fx.experimental.symbolic_shapes", None)
    known, breaths = last(objective.known(from_pixels(picture.pixels)))
    assert breaths > (3 if tile else 2) * steps, "with tiles it goes there twice"
    assert torch.isfinite(known.slope).all()


def last(steps):
    """What a generator returns, and how many steps it took."""
    count = 0
    while True:
        try:
            next(steps)
            count += 1
        except StopIteration as end:
            return end.value, count


def test_a_value_enters_with_channels_still_last(branching: Program) -> None:
    """A view of one picture may leave open in which order its numbers lie; every step would turn them again then."""
    x = torch.rand(1, 3, 12, 10).contiguous(memory_format=torch.channels_last).requires_grad_()
    entering = Way("in").entering(x)
    assert entering is not x
    assert entering.stride() == x.stride() != x.view_as(x).stride()
