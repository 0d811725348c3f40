"""Stages and depths of networks, against what their papers say; and the ruler that shows them beside the canvas."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from explorer.classics.catalogue import CLASSICS
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Concat
from explorer.layers.resizing import Upsample
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.network.analysis import analyse
from explorer.network.direction import Direction
from explorer.network.folding import folded
from explorer.network.grouping import arrived
from explorer.network.layout import arranged
from explorer.network.network import Network, Node
from explorer.network.stages import Stage, depths, stages
from explorer.network.unfolding import laid_out
from explorer.ui import theme
from explorer.ui.canvas.ruler import WIDTH
from tests.test_bookmarks import window  # noqa: F401
from tests.test_canvas import CHAIN, Make, drag, make, spot  # noqa: F401


def staged(network: Network) -> tuple[Stage, ...]:
    return stages(network, analyse(network), arranged(network))


@pytest.mark.parametrize(
    ("name", "deep", "sizes"),
    [
        ("lenet5", 5, ["32×32", "28×28", "14×14", "10×10", "5×5", "vector"]),
        ("alexnet", 8, None),
        ("vgg16", 16, ["224×224", "112×112", "56×56", "28×28", "14×14", "7×7", "vector"]),
        ("vgg19", 19, None),
        ("resnet18", 18, ["224×224", "112×112", "56×56", "28×28", "14×14", "7×7", "1×1", "vector"]),
        ("resnet34", 34, None),
        ("googlenet", 22, None),
    ],
)
def test_as_deep_as_its_paper_says(name: str, deep: int, sizes: list[str] | None) -> None:
    network = CLASSICS[name].project.network
    found = staged(network)
    assert max(stage.last for stage in found) == deep == max(depths(network, analyse(network)).values())
    assert [stage.number for stage in found] == list(range(1, len(found) + 1))
    if sizes:
        assert [stage.size_in_words for stage in found] == sizes


def network(*nodes: Node) -> Network:
    return Network({node.id: node for node in nodes})


def test_down_and_up_again_are_stages_of_their_own() -> None:
    found = staged(network(
        Node("x", Input(3, 32, 32)), Node("a", Conv2d(8, 3, 1, 1), ("x",)), Node("p", MaxPool2d(), ("a",)),
        Node("b", Conv2d(8, 3, 1, 1), ("p",)), Node("u", Upsample(2), ("b",)), Node("c", Concat(), ("u", "a")),
        Node("d", Conv2d(4, 1), ("c",)),
    ))  # fmt: skip
    assert [(s.size, s.first, s.last) for s in found] == [((32, 32), 0, 1), ((16, 16), 1, 2), ((32, 32), 2, 3)]
    assert found[0].end < found[1].begin
    assert found[2].depth_in_words == "depth 2–3"


def test_half_built_networks() -> None:
    assert staged(Network()) == ()
    loop = network(Node("a", ReLU(), ("b",)), Node("b", ReLU(), ("a",)), Node("x", Input(3, 8, 8)))
    assert [s.size for s in staged(loop)] == [(8, 8)]
    broken = network(Node("x", Input(3, 8, 8)), Node("fc", Linear(4), ("x",)), Node("r", ReLU(), ("fc",)))
    assert [s.size for s in staged(broken)] == [(8, 8)]
    flat = network(Node("x", Input(3, 8, 8)), Node("f", Flatten(), ("x",)))
    assert [s.size_in_words for s in staged(flat)] == ["8×8", "vector"]


def test_closed_groups_have_their_stages_and_depths() -> None:
    project = arrived(CLASSICS["resnet50"].project)
    whole, groups = project.network, project.groups
    folding, places = folded(whole, groups), laid_out(whole, groups, Direction.TOP_DOWN)
    assert len(folding.drawn.nodes) < 30
    seen = {id: places[id] for id in folding.drawn.nodes}
    found = stages(whole, analyse(whole), seen, folding=folding)
    assert [(s.size_in_words, s.first, s.last) for s in found] == [
        ("224×224", 0, 0), ("112×112", 1, 1), ("56×56", 1, 10), ("28×28", 11, 22), ("14×14", 23, 40), ("7×7", 41, 49),
        ("1×1", 49, 49), ("vector", 49, 50),
    ]  # fmt: skip


def test_the_ruler_follows_the_network_and_the_view(make: Make) -> None:
    canvas = make(*CHAIN)
    canvas.show_ruler(True)
    assert canvas.viewport().x() == WIDTH
    canvas.settle()
    canvas.ruler.grab()
    assert canvas.ruler.accessibleDescription() == "stage 1: 32×32, depth 0–1; stage 2: vector, depth 1"
    accent = QColor(theme.current().accent)

    def marked(y: int) -> bool:
        return canvas.ruler.grab().toImage().pixelColor(WIDTH - 4, y) == accent

    between = spot(canvas, "relu1", 0.5, 1).y() + 5
    assert marked(spot(canvas, "conv1").y())
    assert marked(spot(canvas, "flatten1").y())
    assert not marked(between), "between two stages"
    canvas.scroll_by(0, 40)
    assert marked(spot(canvas, "conv1").y())
    assert not marked(between - 40)
    canvas.session.document.edit("Stride", canvas.drawing.project.rewired(
        canvas.drawing.project.network.with_settings("conv1", stride=2)))  # fmt: skip
    assert [s.size_in_words for s in canvas.ruler.stages] == ["32×32", "16×16", "vector"]
    canvas.show_ruler(False)
    assert canvas.viewport().x() == 0
    assert not canvas.ruler.isVisible()


def test_words_that_lie_on_the_canvas_are_larger_for_a_projector(make: Make, qapp: QApplication) -> None:
    """Those of the ruler and of the legend, which no zoom makes larger; and as before after it."""
    canvas = make(*CHAIN)
    canvas.show_ruler(True)
    canvas.colour_by("memory")
    canvas.settle()

    def sizes() -> tuple[int, int, float]:
        QApplication.processEvents()
        ruler, ink = canvas.ruler.grab().toImage(), QColor(theme.current().text)
        rows = {y for y in range(ruler.height()) for x in range(40) if ruler.pixelColor(x, y) == ink}
        return canvas.viewport().x(), canvas.legend.height(), len(rows)

    before = sizes()
    try:
        theme.apply(qapp, "projector")
        after = sizes()
        assert canvas.legend.geometry().bottom() == canvas.height() - 17
    finally:
        theme.apply(qapp, "light")
    assert after[:2] == (round(1.2 * WIDTH), round(1.2 * before[1]))
    assert after[2] > before[2] > 0, "rows of pixels with ink"
    assert sizes() == before


def test_what_the_mouse_does_lands_where_it_points_beside_the_ruler(make: Make) -> None:
    canvas = make(*CHAIN)
    canvas.show_ruler(True)
    start = spot(canvas, "relu1", 0.3)
    drag(canvas, start, start + QPoint(300, 0))
    assert (spot(canvas, "relu1", 0.3) - start - QPoint(300, 0)).manhattanLength() <= 8


def test_it_is_switched_on_and_remembered(window) -> None:
    assert not window.canvas.ruler.isVisible()
    window.commands.run("Ruler of depth")
    assert window.canvas.ruler.isVisible()
    assert window.settings.ruler
    window.commands.run("Ruler of depth")
    assert not window.canvas.ruler.isVisible()
