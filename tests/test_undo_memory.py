"""R9 of SECURITY's goals: ten thousand steps of history take little, for what did not change is shared; nor does what
is remembered of layers that are gone."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.network.analysis import _layer_facts, analyse
from explorer.network.layout import arranged
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.network.receptive_field import _even_field
from explorer.workspace.document import Document

LAYERS, STEPS, MOST = 200, 10_000, 100e6


def long_chain() -> Project:
    nodes = {"in": Node("in", Input(3, 64, 64))}
    last = "in"
    for number in range(LAYERS // 2):
        nodes[f"conv{number}"] = Node(f"conv{number}", Conv2d(8, 3, 1, 1), (last,))
        last = f"relu{number}"
        nodes[last] = Node(last, ReLU(), (f"conv{number}",))
    network = Network(nodes)
    return Project(network, arranged(network))


def test_ten_thousand_steps(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.workspace.history.STEPS", STEPS)  # the program itself keeps a thousand
    document = Document()
    document.open(long_chain())
    gc.collect()
    tracemalloc.start()
    for step in range(STEPS):
        project, id = document.project, f"conv{step % (LAYERS // 2)}"
        if step % 4:
            x, y = project.places[id]
            document.edit("Move", project.moved({id: (x + 8, y)}))
        else:
            document.edit("Change", project.rewired(project.network.with_settings(id, channels=1 + step // 100 % 7)))
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert document.history.count == STEPS
    assert held < MOST
    document.go(0)
    assert document.project == long_chain()


def bytes_each(make: Callable[[int], object]) -> float:
    """That stay of each of a thousand things made."""
    gc.collect()
    tracemalloc.start()
    for number in range(1_000):
        make(number)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / 1_000


def test_figures_of_layers_are_kept_by_the_thousand() -> None:
    def edit(number: int) -> None:  # as a day of edits makes them
        analyse(Network({"in": Node("in", Input(3, 8, 8)), "conv": Node("conv", Conv2d(1 + number, 3), ("in",))}))

    _layer_facts.cache_clear()
    each, kept = bytes_each(edit), _layer_facts.cache_info()
    assert kept.currsize == 1_001
    assert each * kept.maxsize < 4e6


def test_receptive_fields_are_kept_by_the_hundred() -> None:
    def look(number: int) -> None:  # each picture size makes new ones
        way = ((2, -number, number),)
        assert _even_field((8, 40, 40), (3, 100 + number, 100 + number), (way, way)) is not None

    _even_field.cache_clear()
    each, kept = bytes_each(look), _even_field.cache_info()
    assert kept.currsize == kept.maxsize < 1_000
    assert 1_000 * each < 7e5
