"""A student looks for a famous network, reads its story, opens it, and takes it apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.classics.catalogue import CLASSICS
from explorer.classics.others import DETECTORS
from explorer.network.analysis import totals
from explorer.network.conventions import Conventions
from explorer.ui.panels.gallery import EXHIBIT
from explorer.workspace.settings import Settings


@pytest.fixture
def gallery(user):
    """The gallery, by its key."""
    user.press(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    page = user.window.pages.gallery
    user.wait(page.isVisible)
    return page


def test_search_read_open_edit_undo(user, gallery) -> None:
    user.type("resnet")
    user.press(Qt.Key.Key_Escape)
    user.press(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    user.type("lenet 1998")  # in place of what was searched for before
    assert gallery.chosen.name == "lenet5"
    assert "cheques" in gallery.story.text()
    assert "LeCun et al. 1998" in gallery.source.text()
    assert "61,706 parameters" in gallery.figures.text()
    assert gallery.picture.columns
    user.press(Qt.Key.Key_Return)
    user.wait(lambda: user.project.network.nodes)
    assert user.window.pages.currentWidget() is user.window.canvas
    assert user.project.title == "LeNet-5"
    assert user.project.network == CLASSICS["lenet5"].network
    assert totals(user.document.facts).parameters == 61_706
    user.click_node("conv1")
    user.set_field("channels", "8")
    assert totals(user.document.facts).parameters != 61_706
    user.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert totals(user.document.facts).parameters == 61_706


def test_one_of_torchvision_s_is_read_when_it_is_opened(user, gallery) -> None:
    user.wait(lambda: user.session.worker.state == "ready", 60)
    user.type("mnasnet0_5")
    assert gallery.chosen.classic is None
    assert "torchvision's own code" in gallery.story.text()
    QTest.mouseClick(gallery.open, Qt.MouseButton.LeftButton)
    user.wait(lambda: user.project.network.nodes, 60)
    assert totals(user.document.facts).parameters == 2_218_512


def test_figures_follow_the_conventions(user, gallery) -> None:
    user.type("mobilenet v2")
    assert "3,504,872 parameters\n300,774,272 MACs" in gallery.figures.text()
    assert gallery.chosen.about(user.session.conventions) == "2018 · 3.50 M parameters"
    user.window.commands.run("As Keras: moving means and variances too")
    user.window.commands.run("In FLOPs: they are two")
    assert "3,538,984 parameters\n601,548,544 FLOPs" in gallery.figures.text()
    assert gallery.chosen.about(user.session.conventions) == "2018 · 3.54 M parameters"
    user.window.commands.run("As torch: what is trained")
    user.window.commands.run("In MACs: a multiplication and an addition are one")


def test_keys_and_what_is_not_there(user, gallery) -> None:
    user.type("unet zebra")
    assert gallery.chosen is None
    assert not gallery.open.isEnabled()
    user.press(Qt.Key.Key_Return)  # opens nothing
    gallery.search.clear()
    user.type("googlenet")
    titles = [gallery.list.model().item(row).text() for row in range(gallery.list.model().rowCount())]
    told = ["GoogLeNet" in title for title in titles]
    assert told == sorted(told, reverse=True), "what is called so comes before what only its story mentions"
    assert set(told) == {True, False}
    gallery.search.clear()
    assert gallery.list.model().rowCount() == len(gallery.list.model().findItems("", Qt.MatchFlag.MatchContains))
    user.press(Qt.Key.Key_Down)
    user.press(Qt.Key.Key_End)
    assert gallery.chosen.classic is None
    user.press(Qt.Key.Key_Home)
    assert gallery.chosen.name == "convnet39"
    user.press(Qt.Key.Key_Escape)
    assert user.window.pages.currentWidget() is user.window.pages.start
    assert not user.project.network.nodes


def test_what_a_network_is_comes_before_what_its_story_mentions(user, gallery) -> None:
    """The sliding window answered to *detector*, for its story has the word, before all that put out boxes."""
    user.type("detector")
    assert gallery.chosen.classic is not None
    assert gallery.chosen.classic.family == "YOLO"
    model = gallery.list.model()
    shown = [model.index(row, 0).data(EXHIBIT) for row in range(model.rowCount())]
    find = [exhibit.name in DETECTORS or exhibit.classic.family == "YOLO" for exhibit in shown]
    assert find == sorted(find, reverse=True)
    assert set(find) == {True, False}


def test_every_tile_gets_its_silhouette(user, gallery) -> None:
    user.wait(lambda: not gallery._ahead.isActive())
    model = gallery.list.model()
    shown = [model.index(row, 0).data(EXHIBIT) for row in range(model.rowCount())]
    assert len(shown) > 80
    assert all(1 < len(exhibit.columns) <= 40 for exhibit in shown if exhibit.classic)
    (unet,) = (exhibit for exhibit in shown if exhibit.name == "unet")
    heights = [max(box.height for box in column) for column in unet.columns]
    lowest = heights.index(min(heights))
    assert heights[0] > heights[lowest] < heights[-1]  # down, and up again
    (inception,) = (exhibit for exhibit in shown if exhibit.name == "inception_naive")
    assert [len(column) for column in inception.columns] == [1, 4]


def test_conventions_are_seen_everywhere(user) -> None:
    """ResNet-50 of Keras, counted and written as Keras does, on cards, in the table, the status bar and formulas."""
    user.session.open_network("resnet50_keras", "ResNet-50 of Keras")
    user.click_node("bn1")
    window = user.window
    assert window.canvas.drawing.nodes["bn1"].card.shape == "64×112×112"
    assert window.canvas.drawing.nodes["bn1"].card.parameters == 128
    for name, value in (("counting", "keras"), ("work", "FLOP"), ("order", "HWC")):
        user.session.set_conventions(replace(user.session.conventions, **{name: value}))
    assert window.canvas.drawing.nodes["bn1"].card.shape == "112×112×64"
    assert window.canvas.drawing.nodes["bn1"].card.parameters == 256
    assert "25,636,712 parameters" in window.status._totals.text()
    assert f"{2 * 3_857_973_248:,} FLOPs" in window.status._totals.text()
    assert window.status._ways.text() == "Keras · FLOPs · H×W×C"
    titles = [action.text().replace("&", "") for action in window.status.ways.actions()]
    assert titles[1:3] == ["Count parameters", "Count work"]
    table = window.summary.model
    row = table.row_of("bn1")
    cells = {table.headerData(c, Qt.Orientation.Horizontal): table.index(row, c).data() for c in range(12)}
    assert cells["Parameters"] == "256"
    assert cells["Output"] == "112×112×64"
    assert "FLOPs" in cells
    assert "MACs" not in cells
    rows = {view.row.name: view.row for view in window.inspector.views}
    assert rows["parameters"].value == 256
    assert next(iter(rows)) == "height"
    assert Settings().conventions == user.session.conventions
    window.docks["Summary"].raise_()
    window.summary.search.setText("conv2d 64x56x56")  # in either order
    assert len(table.ids) == 6
    user.session.set_conventions(Conventions())
    assert len(table.ids) == 6


def test_networks_stand_in_the_palette(user) -> None:
    palette = user.window.palette_panel
    palette.search.setFocus()
    user.type("plain network")
    assert palette.list.currentIndex().data() == "Plain network, 34 layers"
    user.press(Qt.Key.Key_Return)
    user.wait(lambda: user.project.network == CLASSICS["plain34"].network)
