"""The style of two pictures by a layer of the open network, against numpy, and on its page."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtTest import QTest

from explorer.engine.lab_questions import CompareStyles
from explorer.engine.layer_styles import compare_styles
from explorer.engine.program import Program, ProgramError
from explorer.formats.recipes import to_input
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.maths.lab_records import LayerStyles
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.labs.layer_style import NO_MAPS, LayerStyleLab, Pair
from tests.labs import LEFT, shown

NODES = (
    Node("x", Input(3, 12, 10)), Node("conv", Conv2d(6, 3), ("x",)), Node("relu", ReLU(), ("conv",)),
    Node("flat", Flatten(), ("relu",)), Node("fc", Linear(4), ("flat",)),
)  # fmt: skip
PROJECT = Project(Network({node.id: node for node in NODES}))


def pixels(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (24, 20, 3), np.uint8)


def answered(node: str, style: np.ndarray, made: np.ndarray, project: Project = PROJECT) -> LayerStyles:
    torch.manual_seed(3)
    *_, found = compare_styles(CompareStyles(project, node, style, made))
    assert isinstance(found, LayerStyles)
    return found


@pytest.mark.parametrize("node", ["conv", "relu"])
def test_matrices_and_cost_are_numpy_s(node: str) -> None:
    found = answered(node, pixels(1), pixels(2))
    assert found.style.shape == found.made.shape == (6, 10, 8)
    grams = [np.einsum("ihw,jhw->ij", maps.astype(np.float64), maps) / 80 for maps in (found.style, found.made)]
    for ours, theirs in zip((found.a, found.g), grams, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    a, g = grams
    assert found.cost == pytest.approx(((g - a) ** 2).sum() / (4 * 6**2 * np.diag(a).mean() ** 2), rel=1e-3)
    again = answered(node, pixels(1), pixels(1))
    assert again.cost == 0


def test_the_maps_are_the_program_s() -> None:
    found = answered("conv", pixels(1), pixels(2))
    program = Program(PROJECT.network, {})
    x = torch.from_numpy(to_input(pixels(2), PROJECT.recipe, (3, 12, 10)))[None]
    random = program.values(x, ["conv"])["conv"][0].numpy()
    np.testing.assert_allclose(found.made, random, atol=1e-5)


@pytest.mark.parametrize("node", ["fc", "gone"])
def test_what_has_no_maps_is_refused(node: str) -> None:
    with pytest.raises(ProgramError, match=f"^{node} has no maps: pick a layer"):
        answered(node, pixels(1), pixels(2))


def test_maps_too_large_to_show_are_refused() -> None:
    large = PROJECT.network.with_layer("x", Input(3, 2000, 2000)).with_layer("conv", Conv2d(64, 3))
    with pytest.raises(ProgramError, match="pick a later layer"):
        answered("conv", pixels(1), pixels(2), Project(large))


def test_on_its_page(qtbot) -> None:
    lab = shown(qtbot, LayerStyleLab)
    assert lab.empty.text() == NO_MAPS
    assert lab.trunk.isVisible()
    lab.session.document.open(PROJECT)
    assert lab.empty.text() == ""
    assert not lab.trunk.isVisible()
    assert [lab.nodes.itemText(row) for row in range(lab.nodes.count())] == ["conv · 6×10×8", "relu · 6×10×8"]
    assert lab.node == "relu", "activations tell style"
    found = answered("relu", pixels(1), pixels(2))
    lab._take(found)
    matrix = lab.matrices["made"]
    QTest.mouseClick(matrix, LEFT, pos=matrix.on_widget(QRectF(2, 4, 1, 1)).center().toPoint())
    assert lab.value.pair == Pair(4, 2)
    assert lab.matrices["style"].accessibleDescription() == f"Channels 4 and 2: {found.a[4, 2]:.4g}".replace("-", "−")
    assert lab.matrices["style"].pixel_at(QPointF(1, 1)) is None or matrix.image.width() == 6
    assert lab.captions["made"].text() == "Other picture: channel 4, channel 2, and their product"
    rows = {row.name: row.value for row in lab.formulas.rows}
    assert rows["G_4,2 / M"] == pytest.approx(float(found.g[4, 2]), rel=1e-5)
    assert rows["E"] == pytest.approx(found.cost, rel=1e-4)
    lab.form.edited.emit(Pair(900, 1), "first")
    assert lab.captions["made"].text().startswith("Other picture: channel 5, channel 1"), "there are six"
    lab.undo()
    lab.undo()
    assert lab.value.pair == Pair()
    lab.session.document.edit("remove", Project(Network({"x": NODES[0]})))
    assert lab.empty.text() == NO_MAPS
    assert lab.found is None
