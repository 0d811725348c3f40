"""Where numbers lie on the picture: beside what really changes them, through the engine and the recipe."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QApplication

from explorer.engine.answers import answer
from explorer.engine.questions import Look, Pixels
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add
from explorer.layers.shapes import Flatten
from explorer.layers.windows import AvgPool2d, Conv2d
from explorer.maths.records import Cell, FeatureMaps, Picture, Place
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from explorer.ui.panels.picture import PicturePanel
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.sight import Sight
from tests.idle_side import IdleWorker

NET = Network(
    {
        "in": Node("in", Input(3, 16, 24)),
        "wide": Node("wide", Conv2d(2, 5, stride=2, padding=2), ("in",)),
        "narrow": Node("narrow", AvgPool2d(2, 2), ("in",)),
        "thin": Node("thin", Conv2d(2, 1), ("narrow",)),
        "both": Node("both", Add(), ("wide", "thin")),
        "deep": Node("deep", AvgPool2d(3, 2), ("both",)),
        "flat": Node("flat", Flatten(), ("deep",)),
        "scores": Node("scores", Linear(3), ("flat",)),
    }
)
CUT = Project(NET, recipe=Recipe(crop=0.8))
"""Of a picture of 30 × 20 the middle 24 × 16 enter, pixel by pixel: nothing is blended."""


def seen(pixels: np.ndarray, node: str) -> np.ndarray:
    *_, (maps,) = answer(Look(CUT, Pixels(pixels), (node,)))
    return maps.values


def sight(node: str, size: tuple[int, int] = (30, 20), project: Project = CUT) -> Sight:
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    return Sight(project, analyse(project.network), node, Picture(pixels, "x", size))


@pytest.mark.parametrize(
    ("node", "row", "column"),
    [("both", 0, 0), ("both", 3, 5), ("deep", 1, 2), ("deep", 0, 4), ("wide", 7, 11), ("scores", 0, 0)],
)
def test_the_field_is_what_changes_the_number(node: str, row: int, column: int) -> None:
    pixels = np.random.default_rng(0).integers(60, 200, (20, 30, 3), np.uint8)
    before = seen(pixels, node)[:, row, column]

    def changes(place: tuple[object, ...]) -> bool:
        other = pixels.copy()
        other[place] = 0
        return bool(np.abs(seen(other, node)[:, row, column] - before).max() > 1e-6)

    rows = [y for y in range(20) if changes((y,))]
    columns = [x for x in range(30) if changes((slice(None), x))]
    left, top, right, bottom = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    assert sight(node).field(row, column) == pytest.approx((left, top, right, bottom), abs=1e-9)


@pytest.mark.parametrize("node", ["in", "wide", "narrow", "deep"])
def test_a_number_lies_in_the_middle_of_its_field(node: str) -> None:
    here = sight(node)
    assert here.whole is not None
    left, top, right, bottom = here.whole
    for row in range(1, here.rows - 1):
        for column in range(1, here.columns - 1):
            field = here.field(row, column)
            assert field is not None
            if field[0] > 3 and field[1] > 2 and field[2] < 27 and field[3] < 18:  # nothing of it is cut off
                x, y = (field[0] + field[2]) / 2, (field[1] + field[3]) / 2
                assert x == pytest.approx(left + (column + 0.5) * (right - left) / here.columns)
                assert y == pytest.approx(top + (row + 0.5) * (bottom - top) / here.rows)
                assert here.cell_at(x, y) == (row, column)
    assert here.cell_at(1, 1) is None  # cut off
    assert here.seen == pytest.approx((3, 2, 27, 18))


def test_scaling_and_what_sees_everything() -> None:
    twice = sight("narrow", (60, 40))
    assert twice.seen == pytest.approx((6, 4, 54, 36))
    assert twice.field(0, 0) == pytest.approx((6, 4, 10, 8))
    stretched = sight("narrow", (48, 16), Project(NET))
    assert stretched.field(0, 0) == pytest.approx((0, 0, 4, 2))
    corners = sight("in", (47, 16), Project(NET, recipe=Recipe(scaling="corners")))
    assert corners.field(0, 0) == pytest.approx((0, 0, 1.5, 1))  # the middles of the outermost pixels are the same
    assert corners.field(15, 23) == pytest.approx((45.5, 15, 47, 16))
    assert sight("scores").field(0, 0) == pytest.approx((3, 2, 26, 17))  # what hangs over is in no window
    assert sight("scores").whole == pytest.approx(sight("scores").seen)


@pytest.fixture
def panel(qtbot, qapp):
    worker = IdleWorker()
    session = Session(Document(CUT), worker)
    panel = PicturePanel(session)
    qtbot.addWidget(panel)
    panel.resize(500, 500)
    panel.show()
    qtbot.waitExposed(panel)
    pixels = np.full((40, 60, 3), 128, np.uint8)
    session.picture = Picture(pixels, "grey", (60, 40))
    session.picture_changed.emit(session.picture)
    session.select(("narrow",))
    session.looked = ("narrow",)
    *_, found = answer(Look(CUT, Pixels(pixels), ("narrow",)))
    session._show_maps(found)
    QApplication.processEvents()
    yield panel
    worker.close()


def test_the_overlay_lies_where_the_numbers_see(panel) -> None:
    session, view = panel._session, panel.view
    maps: FeatureMaps = session.maps
    maps.tiles[1] = 0
    maps.tiles[1, 2, 3] = 255
    session.look_at(Place("narrow", 1, 2, 3))
    plain = view.grab().toImage()
    panel.overlay.on.click()
    panel.overlay.opacity.setValue(100)
    panel.overlay.colours.setCurrentText("grey")
    session.look_at(Place("narrow", 1, 0, 0))
    drawn = view.grab().toImage()

    def shade(x: float, y: float) -> int:
        corner = view.on_widget(QRectF(view.image.rect())).topLeft()
        return drawn.pixelColor((corner + QPointF(x, y) * view.scale).toPoint()).red()

    assert shade(6 + 3.5 * 4, 4 + 2.5 * 4) == 255  # cell (2, 3) of 4 × 4 pixels each, from (6, 4) on
    assert shade(6 + 4.5 * 4, 4 + 2.5 * 4) == shade(6 + 3.5 * 4, 4 + 3.5 * 4) == 0
    assert shade(2, 2) == 128  # not of the input
    assert shade(58, 38) == 128
    panel.overlay.on.click()
    session.look_at(Place("narrow", 1, 2, 3))
    assert view.grab().toImage() == plain


def test_pointing_goes_both_ways(qtbot, panel) -> None:
    session, view = panel._session, panel.view
    told = []
    session.cell_changed.connect(told.append)
    corner = view.on_widget(QRectF(view.image.rect())).topLeft()
    qtbot.mouseMove(view, (corner + QPointF(6 + 5.5 * 4, 4 + 1.5 * 4) * view.scale).toPoint())
    assert told == [Cell("narrow", 1, 5)]
    assert view.field.topLeft() == corner + QPointF(26, 8) * view.scale
    assert view.field.width() == pytest.approx(4 * view.scale)
    qtbot.mouseMove(view, (corner + QPointF(1, 1) * view.scale).toPoint())
    assert session.cell is None  # this corner is cut off
    assert view.field is None
    session.point_at(Cell("narrow", 7, 11))
    assert view.field.bottomRight() == corner + QPointF(54, 36) * view.scale
    session.point_at(None)
    session.look_at(Place("narrow", 0, 3, 3))
    assert view.field is not None  # without a pointer, that of the picked number
    session.point_at(Cell("gone", 1, 1))
    assert view.field is None
