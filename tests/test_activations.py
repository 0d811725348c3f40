"""The panel of activations with what one node or several put out: order, scale, colours, before and after, files."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.brightness import brightened
from explorer.maths.channels import statistics
from explorer.maths.records import Cell, FeatureMaps, Picture, Place
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.panels.activations import ActivationsPanel
from explorer.ui.pictures.colour_maps import opaque
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker

NET = Network(
    {
        "in": Node("in", Input(3, 8, 8)),
        "conv": Node("conv", Conv2d(5, 3, padding=1), ("in",)),
        "relu": Node("relu", ReLU(), ("conv",)),
        "pool": Node("pool", MaxPool2d(2, 2), ("relu",)),
        "last": Node("last", Conv2d(2, 1), ("pool",)),
    }
)


@pytest.fixture
def session(qapp, tmp_path) -> Session:
    Settings().file.remove("choice")
    session = Session(Document(Project(NET)), IdleWorker())
    session._source = session.picture = Picture(np.zeros((8, 8, 3), np.uint8), "cat.jpg", (8, 8))  # type: ignore[assignment]
    return session


@pytest.fixture
def panel(qtbot, session) -> ActivationsPanel:
    panel = ActivationsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(800, 400)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def maps(node: str, values: np.ndarray) -> FeatureMaps:
    known = statistics(values)
    tiles = brightened(values, known.least, known.most, bool(known.broken.any()))
    return FeatureMaps(node, values, tiles, known.least, known.most, known)


def random(node: str, *shape: int, least: float = -1) -> FeatureMaps:
    return maps(node, np.random.default_rng(len(node)).uniform(least, 1, shape).astype(np.float32))


def answer(session: Session, *found: FeatureMaps) -> None:
    """What the worker would answer to what was asked last."""
    session._set_work("maps", None)
    assert session.looked == tuple(m.node for m in found)
    session._show_maps(found)
    QApplication.processEvents()


def test_sorted_channels_keep_their_numbers(qtbot, session, panel) -> None:
    session.select(("conv",))
    values = np.arange(5 * 64, dtype=np.float32).reshape(5, 8, 8) % 211
    values[3] = 0
    answer(session, maps("conv", values))
    panel.view.pick(2)
    assert session.place == Place("conv", 2, 4, 4)
    panel.tools.orders.setCurrentText("by mean")
    order = values.mean((1, 2)).argsort()[::-1].tolist()
    assert panel.view.order.tolist() == order
    assert panel.view.spot == (2, 4, 4)  # the same channel, at another place
    shades = opaque("viridis")[session.maps.tiles[order[0], 0, 0]]
    corner = panel.view.tiling.tile(0).topLeft()
    assert panel.view.image.pixel(corner) == int(shades)
    for channel in (0, 4):
        at = panel.view.centre_of((channel, 5, 6)).toPoint()
        qtbot.mouseMove(panel.view, at)
        assert panel.reading.text() == f"channel {channel}, row 5, column 6: {values[channel, 5, 6]:.4f}"
        assert session.cell == Cell("conv", 5, 6)
    panel.view.pick(order[0])
    qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    assert session.place.channel == order[1]  # the next one as they are shown
    panel.tools.orders.setCurrentText("by zeros")
    assert panel.view.order[0] == 3
    assert "1 of 5 channels is silent here" in panel.header.text()


def test_numbers_on_large_maps_and_cells_lit_in_all(session, panel) -> None:
    session.select(("conv",))
    answer(session, random("conv", 5, 8, 8))
    plain = panel.view.grab().toImage()
    session.point_at(Cell("conv", 2, 3))
    lit = panel.view.grab().toImage()
    for channel in range(5):
        at = panel.view.on_widget(panel.view._square((channel, 2, 3))).topLeft().toPoint()
        assert lit.pixelColor(at) != plain.pixelColor(at)
    session.point_at(Cell("other", 2, 3))
    assert panel.view.grab().toImage() == plain

    def numbered() -> bool:
        """Whether something lies on the first number of the last map."""
        at = panel.view.on_widget(panel.view._tile_of(4)).topLeft().toPoint() + QPoint(2, 2)
        pixel = panel.view.tiling.tile(4).topLeft()
        return panel.view.grab().toImage().pixelColor(at) != panel.view.image.pixelColor(pixel)

    assert numbered()
    answer(session, random("conv", 200, 8, 8))
    assert not numbered()  # too small for it


def test_colours_follow_the_signs_unless_chosen(session, panel) -> None:
    session.select(("conv",))
    answer(session, random("conv", 5, 8, 8))
    assert panel.view.colours == "blue–white–red"
    answer(session, random("conv", 5, 8, 8, least=0))
    assert panel.view.colours == "viridis"
    panel.tools.colours.setCurrentText("grey")
    assert panel.view.colours == "grey"
    answer(session, random("conv", 5, 8, 8))
    assert panel.view.colours == "grey"
    assert ActivationsPanel(session).tools.colours.currentText() == "grey"


def test_several_nodes_beside_each_other(qtbot, session, panel) -> None:
    session.select(("last", "conv", "pool"))
    answer(session, random("conv", 5, 8, 8), random("pool", 5, 4, 4), random("last", 2, 4, 4))
    views = panel.mosaics.views
    assert [view.maps.node for view in views] == ["conv", "pool", "last"]
    assert panel.view.maps.node == session.maps.node == "pool"
    assert views[0].geometry().width() > 100
    assert views[0].mapTo(panel, views[0].rect().topRight()).x() < views[1].mapTo(panel, views[1].rect().topLeft()).x()
    at = views[2].centre_of((1, 2, 3)).toPoint()
    qtbot.mouseMove(views[2], at)
    assert panel.reading.text().startswith("last, channel 1, row 2, column 3: ")
    qtbot.mouseClick(views[2], Qt.MouseButton.LeftButton, pos=at)
    assert session.selection == ("conv", "pool", "last")  # none is left out, the clicked one is chosen last
    assert session.place == Place("last", 1, 2, 3)
    assert "maps" not in session.work  # nothing has to be computed again
    assert panel.view is views[2]
    assert [view.spot for view in views] == [None, None, (1, 2, 3)]
    panel.resize(400, 700)
    QApplication.processEvents()
    assert views[0].mapTo(panel, views[0].rect().bottomLeft()).y() < views[1].mapTo(panel, views[1].pos()).y()
    session.select(("conv", "relu", "pool", "last", "in"))
    assert session.looked == ("relu", "pool", "last", "in") or set(session.looked) == {"relu", "pool", "last", "in"}


def test_before_and_after_pick_the_same_channel(qtbot, session, panel) -> None:
    session.select(("pool",))
    answer(session, random("pool", 5, 4, 4, least=0))
    panel.tools.before.click()
    assert session.looked == ("relu", "pool")
    panel.tools.orders.setCurrentText("by max")
    answer(session, random("relu", 5, 8, 8, least=-1), random("pool", 5, 4, 4, least=0))
    before, after = panel.mosaics.views
    assert before.order.tolist() == after.order.tolist() == session.maps.statistics.order("max").tolist()
    assert before.colours == after.colours == "blue–white–red"
    assert panel.view is after
    qtbot.mouseClick(after, Qt.MouseButton.LeftButton, pos=after.centre_of((3, 1, 2)).toPoint())
    assert session.place == Place("pool", 3, 1, 2)
    assert before.spot == (3, 2, 4)
    qtbot.mouseClick(before, Qt.MouseButton.LeftButton, pos=before.centre_of((1, 7, 6)).toPoint())
    assert session.place == Place("pool", 1, 3, 3)
    assert session.selection == ("pool",)
    session.select(("last",))
    assert session.looked == ("last",)
    answer(session, random("last", 2, 4, 4))
    assert not panel.tools.before.isEnabled()  # its channels are made of all others
    assert len(panel.mosaics.views) == 1


def test_numbers_and_channels_into_files(session, panel, tmp_path) -> None:
    session.select(("conv",))
    these = random("conv", 5, 8, 8)
    answer(session, these)
    panel.tools.orders.setCurrentText("by max")
    path = tmp_path / "maps.npz"
    panel.export_maps(str(path))
    with np.load(path, allow_pickle=False) as file:
        assert set(file.files) == {"values", "order", "low", "high", "node", "picture"}
        np.testing.assert_array_equal(file["values"], these.values)
        assert file["order"].tolist() == panel.view.order.tolist() != [0, 1, 2, 3, 4]
        assert (str(file["node"]), str(file["picture"])) == ("conv", "cat.jpg")
        np.testing.assert_array_equal(file["high"], these.high)
    panel.view.pick(2)
    panel._export_channel(str(tmp_path / "channel.png"))
    image = QImage(str(tmp_path / "channel.png"))
    assert (image.width(), image.height()) == (8, 8)
    reach = np.abs(these.values[2]).max()
    level = int(np.rint(128 + 127 * these.values[2, 4, 5] / reach))
    assert image.pixel(5, 4) == int(opaque("blue–white–red")[level])
