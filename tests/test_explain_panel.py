"""The panel Explain alone, with a real session and explanations by the engine."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from explorer.engine.answers import answer
from explorer.engine.questions import Explain, Pixels
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.joins import Add
from explorer.layers.norms import BatchNorm2d, GroupNorm
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.channels import statistics
from explorer.maths.explanations import Explanation
from explorer.maths.records import FeatureMaps, Picture, Place
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.panels.explain import ExplainPanel
from explorer.ui.pictures.number_grids import short
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker

NODES = (
    Node("in", Input(3, 32, 32)), Node("conv", Conv2d(24, 3, padding=1), ("in",)),
    Node("wide", Conv2d(4, 3, padding=1), ("conv",)), Node("bn", BatchNorm2d(), ("wide",)),
    Node("relu", ReLU(), ("bn",)), Node("add", Add(), ("relu", "wide")), Node("pool", MaxPool2d(3, 2, 1), ("add",)),
    Node("group", GroupNorm(), ("pool",)),
)  # fmt: skip
PIXELS = np.random.default_rng(4).integers(0, 256, (32, 32, 3), np.uint8)


@pytest.fixture
def panel(qtbot):
    session = Session(Document(Project(Network({node.id: node for node in NODES}))), IdleWorker())
    panel = ExplainPanel(session)
    qtbot.addWidget(panel)
    panel.resize(760, 480)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


def explain(panel: ExplainPanel, node: str, *spot: int) -> Explanation:
    """What the engine answers, given to the panel."""
    session, place = panel.explaining._session, Place(node, *spot)
    session.look_at(place)
    *_, found = answer(Explain(session.document.project, Pixels(PIXELS), place))
    panel.explaining._show(found)
    QApplication.processEvents()
    return found


def test_it_says_what_would_fill_it(panel) -> None:
    session = panel.explaining._session
    assert panel.empty.sentence.text().startswith("Open a picture, select a layer")
    assert not panel.button.isHidden()
    session.picture = Picture(PIXELS, "noise", (32, 32))
    session.picture_changed.emit(session.picture)
    assert panel.empty.sentence.text().startswith("Select a layer")
    assert panel.button.isHidden()
    session.select(("conv",))
    assert panel.empty.sentence.text().startswith("Click a number of a feature map")
    session.look_at(Place("conv", 1, 2, 3))
    assert panel.empty.sentence.text() == "The number is explained once the network has run up to conv."


def test_rows_of_figures_are_as_high_as_the_theme_s_words_or_plain_squares(qapp, panel) -> None:
    explain(panel, "conv", 5, 0, 3)
    grids = panel.sum.grids
    rows = len(grids.grids.padded)
    grids.setMinimumHeight(1)

    def painted(high: int) -> tuple[float, int]:
        """The height of a row, and how many colours are in the middle of a cell: more than one where it has figures."""
        grids.resize(500, high)
        area, image = grids.areas()[0], grids.grab().toImage()
        middle = round(area.top() + 1.5 * area.height() / rows)  # padding above it is hatched
        across = range(round(area.left()) + 3, round(area.left() + area.width() / 3) - 3)
        return area.height() / rows, len({image.pixel(x, middle) for x in across})

    try:
        for name, least in (("light", 12), ("projector", 14.4)):
            theme.apply(qapp, name)
            QApplication.processEvents()
            head = round(QFontMetricsF(sized("small")).height() + 2 + 8)
            high, colours = painted(head + round(rows * (least + 1)))
            assert high >= least
            assert colours > 1
            high, colours = painted(head + round(rows * (least - 1)))
            assert high < least
            assert colours == 1
    finally:
        theme.apply(qapp, "light")


def test_a_row_without_room_keeps_its_figure_and_the_sign(qapp, panel) -> None:
    explain(panel, "conv", 5, 0, 3)
    rows = panel.sum.parts
    index, option = rows.model().index(0, 0), QStyleOptionViewItem()
    whole = index.data()
    figure = whole.partition(": ")[2]
    rows.initViewItemOption(option)
    for width, kept in ((rows.minimumSizeHint().width() - 20, whole), (100, f"…{whole[-2 - len(figure) :]}")):
        option.rect.setWidth(width)
        rows.itemDelegate().initStyleOption(option, index)
        assert option.text.endswith(kept[-3 - len(figure) :])
        assert (option.text == whole) == (kept == whole)
    before = rows.minimumSizeHint().width()
    try:
        theme.apply(qapp, "projector")
        QApplication.processEvents()
        assert rows.minimumSizeHint().width() > before, "as large as the words"
    finally:
        theme.apply(qapp, "light")


def test_a_convolution_is_built_up_by_keys(qtbot, panel) -> None:
    found = explain(panel, "conv", 5, 0, 3)
    assert panel.header.text() == f"conv · channel 5, row 0, column 3 = {found.value:.6g}".replace("-", "−")
    assert panel.said.text() == "Padding, zeros: 3 of 9 cells."
    view = panel.sum
    assert view.parts.model().rowCount() == 3
    assert not view.playing
    assert len(view.grids.grids.matrices) == 3
    view.grids.setFocus()
    qtbot.keyClick(view.grids, Qt.Key.Key_Home)
    assert view.grids.grids.taken == 0
    qtbot.keyClick(view.grids, Qt.Key.Key_Right)
    qtbot.keyClick(view.grids, Qt.Key.Key_Right)
    products = view.adding.products(view.adding.part(0)).ravel()
    assert view.grids.grids.marked == (0, 1)
    assert view.sum.text() == f"2 of 27 · the sum so far: {products[:2].sum():.6g}".replace("-", "−")
    qtbot.keyClick(view.grids, Qt.Key.Key_Left)
    assert view.step == 1
    qtbot.keyClick(view.grids, Qt.Key.Key_End)
    whole = found.windows[0].products.sum()
    assert view.sum.text() == f"27 of 27 · the sum: {whole:.6g}".replace("-", "−")
    view.speed.setCurrentText("Fast")
    qtbot.keyClick(view.grids, Qt.Key.Key_Space)
    assert view.playing
    qtbot.waitUntil(lambda: view.step >= 2)
    qtbot.keyClick(view.grids, Qt.Key.Key_Space)
    assert not view.playing


def test_keys_work_wherever_the_focus_is_in_the_panel(qtbot, panel) -> None:
    panel.setFocus()
    explain(panel, "conv", 5, 4, 3)
    assert panel.sum.grids.hasFocus()
    panel.sum.parts.setFocus()
    qtbot.keyClick(panel.sum.parts, Qt.Key.Key_Down)
    assert panel.sum.sum.text().startswith(f"channel {panel.sum.adding.part(1).channel} puts in")
    qtbot.keyClick(panel, Qt.Key.Key_Home)
    assert panel.sum.step == 0
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert panel.sum.step == 1


def test_the_formula_is_worked_and_can_be_copied(panel) -> None:
    found = explain(panel, "bn", 1, 4, 4)
    (formula,) = [view for view in panel.views if not view.isHidden()]
    assert formula.row.formula == "γ·(x − μ) / √(σ² + ε) + β"
    formula.copy()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("output = γ·(x − μ) / √(σ² + ε) + β = 1·(")
    assert text.endswith(f"= {found.value:.4g}".replace("-", "−"))
    assert formula.accessibleName() == text
    assert formula.marks()
    explain(panel, "group", 1, 2, 3)
    assert [view.row.name for view in panel.views if not view.isHidden()] == ["μ", "σ²", "output"]


def test_a_click_walks_to_where_a_number_comes_from_and_back(qtbot, panel) -> None:
    session = panel.explaining._session
    explain(panel, "conv", 5, 7, 8)
    part = panel.sum.adding.part(0).channel
    qtbot.mouseClick(panel.sum.grids, Qt.MouseButton.LeftButton, pos=panel.sum.grids.middle_of((2, 1), 1).toPoint())
    assert session.place == Place("in", part, 8, 8)
    assert session.selection == ("in",)
    assert panel.back.isEnabled()
    explain(panel, "in", part, 8, 8)
    assert "from 0 to 255" in panel.said.text()
    panel.sum.grids.setFocus()
    qtbot.keyClick(panel.sum.grids, Qt.Key.Key_Backspace)
    assert session.place == Place("conv", 5, 7, 8)
    assert not panel.back.isEnabled()


def test_walking_by_letters_and_picking_anew(panel) -> None:
    session = panel.explaining._session
    explain(panel, "add", 2, 5, 6)
    panel._ask_letter("x_2")
    assert session.place == Place("wide", 2, 5, 6)
    assert panel.explaining.way == (Place("add", 2, 5, 6),)
    explain(panel, "relu", 2, 5, 6)  # picked, not walked to
    assert panel.explaining.way == ()
    panel._ask_letter("x")
    assert session.place == Place("bn", 2, 5, 6)
    explain(panel, "bn", 2, 5, 6)
    panel._ask_letter("γ")
    assert session.place == Place("bn", 2, 5, 6)
    assert panel.sum.sum.text().startswith("γ comes from")


def test_padding_comes_from_nowhere(qtbot, panel) -> None:
    explain(panel, "conv", 0, 0, 0)
    qtbot.mouseClick(panel.sum.grids, Qt.MouseButton.LeftButton, pos=panel.sum.grids.middle_of((0, 0)).toPoint())
    assert panel.explaining._session.place == Place("conv", 0, 0, 0)
    assert panel.sum.sum.text() == "This cell is padding: it comes from no pixel."


def test_most_channels_are_told_together_until_they_are_asked_for(qtbot, panel) -> None:
    explain(panel, "wide", 1, 9, 9)
    view = panel.sum
    last = view.parts.model().rowCount() - 1
    assert last == 12
    assert view.parts.model().index(last, 0).data().startswith("and 12 more: ")
    rest = view.parts.visualRect(view.parts.model().index(last, 0)).center()
    view.parts.scrollTo(view.parts.model().index(last, 0))
    rest = view.parts.visualRect(view.parts.model().index(last, 0)).center()
    qtbot.mouseClick(view.parts.viewport(), Qt.MouseButton.LeftButton, pos=rest)
    assert view.parts.model().rowCount() == 24
    view.parts.setCurrentIndex(view.parts.model().index(20, 0))
    channel = view.adding.windows[0].channels[view.adding.part(20).channel]
    assert view.grids.accessibleName() == f"conv, channel {channel}, 3 by 3 numbers"
    assert view.grids.accessibleDescription().count("=") == 9


def test_the_largest_is_marked(panel) -> None:
    found = explain(panel, "pool", 1, 3, 3)
    (window,) = found.windows
    assert panel.sum.grids.grids.marked == divmod(window.winner, 3)
    panel.sum.show_step(4)
    assert panel.sum.grids.grids.marked == (1, 0)
    largest = window.values.ravel()[:4].max()
    assert panel.sum.sum.text() == f"4 of 9 · the largest so far: {largest:.6g}".replace("-", "−")
    assert panel.sum.step_on(1), "as a clicker does"
    assert panel.sum.step == 5
    assert panel.sum.step_on(-1)
    assert panel.sum.step == 4


@pytest.mark.parametrize("name", ["light", "dark", "projector"])
def test_numbers_are_drawn_in_colours_of_their_signs(qapp, panel, name) -> None:
    theme.apply(qapp, name)
    explain(panel, "conv", 3, 9, 9)
    grids = panel.sum.grids
    image = grids.grab().toImage()
    weights = grids.grids.matrices[1].values
    for cell, wanted in (
        (np.unravel_index(weights.argmax(), (3, 3)), 1),
        (np.unravel_index(weights.argmin(), (3, 3)), -1),
    ):
        corner = grids.middle_of(tuple(map(int, cell)), 1).toPoint()
        colour = image.pixelColor(corner.x() - 20, corner.y() - 10)
        assert np.sign(colour.red() - colour.blue()) == wanted
    theme.apply(qapp, "light")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (0.1234, "0.123"), (-1.234, "−1.23"), (12.34, "12.3"), (1234.5, "1234"),
        (0.00012, "1e-4".replace("-", "−")), (-123456, "−1e5"), (float("inf"), "∞"), (float("nan"), "NaN"),
    ],
)  # fmt: skip
def test_numbers_are_short(value: float, text: str) -> None:
    assert short(value) == text


def test_nobody_asks_while_the_panel_is_hidden(panel) -> None:
    session, zeros = panel.explaining._session, np.zeros((24, 32, 32), np.float32)
    panel.hide()
    session._source = Pixels(PIXELS)
    session.select(("conv",))
    low = zeros[:, 0, 0]
    session.maps = FeatureMaps("conv", zeros, zeros.astype(np.uint8), low, low, statistics(zeros))
    session.look_at(Place("conv", 1, 1, 1))
    assert "explain" not in session.work
    panel.show()
    assert session.work["explain"].text == "Explaining a number of conv"
    session.look_at(None)
    assert "explain" not in session.work
