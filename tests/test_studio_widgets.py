"""The style studio's widgets alone: wipe, mask, timeline and the plot of costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from explorer.maths.strokes import Stroke
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.studio.cost_plot import CostPlot, layer_pen, part_pen
from explorer.ui.studio.mask_page import MaskPage
from explorer.ui.studio.timeline_strip import TimelineStrip
from explorer.ui.studio.wipe_view import WipeView
from explorer.workspace.mask_images import mask_pixels, together
from explorer.workspace.style_timeline import MOST, Costs, Moment, Timeline

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
RED, BLUE = (200, 30, 20), (10, 40, 220)


def plain(colour: tuple[int, int, int], width: int = 60, height: int = 40) -> QImage:
    return image_of(np.full((height, width, 3), colour, np.uint8))


def moment(step: int) -> Moment:
    return Moment(step, np.full((8, 12, 3), step % 256, np.uint8), None, None)


# The wipe


@pytest.fixture
def wipe(qtbot) -> WipeView:
    view = WipeView("result", "content")
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show_image(plain(RED))
    view.show_beside(plain(BLUE, 90, 60))
    view.compare(True)
    view.show()
    return view


def colour_at(view: WipeView, x: float) -> tuple[int, int, int]:
    """What is seen at a share of the picture's width, a little below its middle."""
    return view.grab().toImage().pixelColor(int(x * view.width()), 150).getRgb()[:3]


def test_what_is_left_of_the_divider_is_the_other_picture(wipe) -> None:
    assert colour_at(wipe, 0.3) == BLUE
    assert colour_at(wipe, 0.7) == RED
    QTest.mousePress(wipe, LEFT, NONE, QPoint(int(wipe.divider), 100))
    QTest.mouseMove(wipe, QPoint(240, 120))
    QTest.mouseRelease(wipe, LEFT, NONE, QPoint(240, 120))
    assert wipe.share == pytest.approx(0.8)
    assert colour_at(wipe, 0.7) == BLUE
    assert "80%" in wipe.accessibleDescription()
    wipe.compare(False)
    assert colour_at(wipe, 0.3) == RED


def test_the_keys_divide_too_and_leave_the_zoom_alone(wipe) -> None:
    for key, keys, share in (
        (Qt.Key.Key_Left, NONE, 0.49), (Qt.Key.Key_Right, SHIFT, 0.59), (Qt.Key.Key_Home, NONE, 0.0),
        (Qt.Key.Key_Left, NONE, 0.0), (Qt.Key.Key_End, NONE, 1.0),
    ):  # fmt: skip
        QTest.keyClick(wipe, key, keys)
        assert wipe.share == pytest.approx(share)
    QTest.keyClick(wipe, Qt.Key.Key_Plus)
    assert wipe.scale == pytest.approx(5 * 1.25)
    wipe.divide(0.5)
    QTest.mousePress(wipe, LEFT, NONE, QPoint(20, 30))  # beside the divider it moves the picture
    QTest.mouseMove(wipe, QPoint(60, 30))
    QTest.mouseRelease(wipe, LEFT, NONE, QPoint(60, 30))
    assert wipe.share == 0.5


def test_a_painting_is_smooth_until_one_looks_at_its_pixels(wipe) -> None:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, 30:] = 255
    wipe.compare(False)
    wipe.show_image(image_of(pixels))  # five times as large

    def greys() -> int:
        line = wipe.grab().toImage()
        return sum(0 < line.pixelColor(x, 100).red() < 255 for x in range(2, line.width() - 2))  # inside the frame

    assert greys() >= 3, "black goes over into white"
    wipe.zoom(20 / wipe.scale)
    assert greys() == 0


# The mask


@pytest.fixture
def page(qtbot) -> MaskPage:
    page = MaskPage()
    qtbot.addWidget(page)
    page.resize(500, 400)
    page.show_picture("Where scream.jpg belongs", plain(RED, 120, 80), ())
    page.show()
    qtbot.waitExposed(page)
    return page


def drag(sheet, start: tuple[float, float], end: tuple[float, float], button=LEFT) -> None:
    QTest.mousePress(sheet, button, NONE, sheet.on_widget(start).toPoint())
    for share in (0.3, 0.6, 1):
        point = tuple(a + (b - a) * share for a, b in zip(start, end, strict=True))
        QTest.mouseMove(sheet, sheet.on_widget(point).toPoint())
    QTest.mouseRelease(sheet, button, NONE, sheet.on_widget(end).toPoint())


def seen(sheet, x: float, y: float) -> int:
    mask = sheet.painted
    return mask.pixelColor(int(x * (mask.width() - 1)), int(y * (mask.height() - 1))).lightness()


def test_paint_erase_undo_and_clear(page) -> None:
    sheet = page.sheet
    assert not page.undo.isEnabled()
    drag(sheet, (0.2, 0.5), (0.8, 0.5))
    assert seen(sheet, 0.5, 0.5) == 255
    assert seen(sheet, 0.5, 0.9) == 0
    assert sheet.strokes[0].width == 0.12
    drag(sheet, (0.5, 0.3), (0.5, 0.7), RIGHT)
    assert seen(sheet, 0.5, 0.5) == 0
    assert seen(sheet, 0.25, 0.5) == 255
    page.undo.click()
    assert seen(sheet, 0.5, 0.5) == 255
    page.redo.click()
    assert seen(sheet, 0.5, 0.5) == 0
    QTest.keyClick(sheet, Qt.Key.Key_I)
    assert seen(sheet, 0.5, 0.5) == 255
    assert seen(sheet, 0.25, 0.5) == 0
    page.clear.click()
    assert sheet.strokes == ()
    QTest.keyClick(sheet, Qt.Key.Key_Z, CTRL)
    assert len(sheet.strokes) == 3
    QTest.keyClick(sheet, Qt.Key.Key_Y, CTRL)  # the window's own redo would be one of the network
    assert sheet.strokes == ()
    QTest.keyClick(sheet, Qt.Key.Key_Z, CTRL)


def test_a_mask_is_painted_with_the_keys_alone(page, qtbot) -> None:
    sheet = page.sheet
    sheet.setFocus()
    for _ in range(3):
        QTest.keyClick(sheet, Qt.Key.Key_Left, SHIFT)
    QTest.keyClick(sheet, Qt.Key.Key_Space)
    assert sheet.accessibleDescription().startswith("painting, brush at 20% of the width")
    for _ in range(6):
        QTest.keyClick(sheet, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(sheet, Qt.Key.Key_Space)
    assert seen(sheet, 0.5, 0.5) == 255
    assert seen(sheet, 0.9, 0.5) == 0
    assert len(sheet.strokes) == 1
    for _ in range(5):
        QTest.keyClick(sheet, Qt.Key.Key_BracketRight)
    assert page.size_slider.value() == sheet.width_percent == 17
    QTest.keyClick(sheet, Qt.Key.Key_E)
    assert page.erase.isChecked()
    with qtbot.waitSignal(page.done):
        QTest.keyClick(sheet, Qt.Key.Key_Escape)


def test_what_other_masks_leave_is_painted_with_one_key(page) -> None:
    sheet = page.sheet
    assert not page.rest.isVisible()
    QTest.keyClick(sheet, Qt.Key.Key_R)
    assert sheet.strokes == (), "there is no other mask"
    left, top = Stroke(((0.1, 0.1), (0.1, 0.9)), 0.2), Stroke(((0.1, 0.1), (0.9, 0.1)), 0.2)
    page.show_picture("Where dog.jpg belongs", plain(RED, 120, 80), (), [(left,), (), (top,)])
    assert page.rest.isVisible()
    area = sheet.area
    at = [sheet.on_widget(point).toPoint() for point in ((0.1, 0.6), (0.7, 0.7))]
    covered, free = (sheet.grab().toImage().pixelColor(point) for point in at)
    assert free.getRgb()[:3] == RED
    assert covered.red() < free.red() - 30, "one sees what others have"
    page.rest.click()
    assert area == sheet.area
    assert [seen(sheet, *point) for point in ((0.1, 0.6), (0.6, 0.1), (0.7, 0.7))] == [0, 0, 255]
    rest = mask_pixels(sheet.strokes, 120, 80)
    others = together([(left,), (top,)], 120, 80)
    assert (rest == 255 - others).all()
    page.undo.click()
    assert sheet.strokes == ()


def test_the_painted_part_is_tinted(page) -> None:
    page.all.click()
    at = page.sheet.on_widget((0.5, 0.5)).toPoint()
    tinted = page.sheet.grab().toImage().pixelColor(at)
    assert tinted.blue() > RED[2] + 60
    assert RED[0] - tinted.red() > 40


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 3000), st.integers(1, 3000),
    st.lists(st.tuples(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5)), min_size=1, max_size=4), st.floats(0.01, 0.6),
)  # fmt: skip
def test_a_mask_has_the_picture_s_proportions_and_what_is_erased_is_gone(width, height, points, brush) -> None:
    mask = mask_pixels((Stroke(tuple(points), brush),), width, height)
    assert max(mask.shape) == 512
    assert abs(mask.shape[1] * height - mask.shape[0] * width) <= max(width, height)
    filled = mask_pixels((Stroke(tuple(points), brush), Stroke(fill=True)), width, height)
    assert filled.min() == 255
    wiped = mask_pixels((Stroke(tuple(points), brush), Stroke(fill=True, erase=True)), width, height)
    assert wiped.max() == 0
    turned = mask_pixels((Stroke(tuple(points), brush), Stroke(invert=True)), width, height)
    assert (turned == 255 - mask).all()


def test_nothing_painted_leaves_nothing_out() -> None:
    assert mask_pixels((), 40, 30) is None


# The timeline


def grown(steps: range) -> Timeline:
    line = Timeline()
    for step in steps:
        line = line.followed(moment(step), {"J": ([step], [1000 / (step + 1)])})
    return line


def test_going_on_from_an_earlier_moment_loses_nothing() -> None:
    line = grown(range(0, 50, 10))
    back = line.looked(2).branched()
    assert [one.step for one in back.now.moments] == [0, 10, 20]
    assert back.now.costs.lines["J"][0] == (0, 10, 20)
    assert (back.now.parent, back.now.at) == (0, 20)
    back = back.followed(moment(25), {"J": ([25], [3.0])})
    assert back.moment.step == 25
    assert [one.step for one in back.switched(0).now.moments] == [0, 10, 20, 30, 40]
    assert back.switched(0).now.costs.lines["J"][0] == (0, 10, 20, 30, 40)
    assert back.branched() is back, "at its end a branch is gone on with"


@settings(deadline=None)
@given(st.integers(1, 400))
def test_a_long_branch_keeps_its_ends_and_is_not_without_end(count: int) -> None:
    line = grown(range(count))
    steps = [one.step for one in line.now.moments]
    assert len(steps) <= MOST
    assert steps[0] == 0
    assert steps[-1] == count - 1
    assert steps == sorted(set(steps))
    assert line.now.costs.lines["J"][0] == tuple(range(count)), "all costs are kept"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=200, max_size=400))
def test_one_can_go_back_to_any_part_of_a_long_run(ways: list[int]) -> None:
    line, step = grown(range(1)), 0
    for way in ways:
        step += way
        line = line.followed(moment(step), {})
    steps = [one.step for one in line.now.moments]
    assert len(steps) == MOST
    last = sum(ways[-7:])
    assert [step - last, *np.cumsum(ways[-7:]) + step - last] == steps[-8:], "the newest stay as they came"
    assert np.diff(steps).max() <= 3 * step / MOST + 9, "no part of it is gone"


def test_moments_of_a_large_picture_do_not_fill_the_memory() -> None:
    line = Timeline()
    large = np.zeros((4000, 8000, 3), np.uint8)  # nobody writes to it: it takes no memory here
    for step in range(30):
        line = line.followed(Moment(step, large, None, None), {})
    assert len(line.now.moments) <= 4
    assert (line.now.moments[0].step, line.now.moments[-1].step) == (0, 29)


def test_moments_are_chosen_by_mouse_keys_and_wheel(qtbot) -> None:
    strip = TimelineStrip()
    qtbot.addWidget(strip)
    strip.resize(400, strip.height())
    line = grown(range(0, 300, 10))
    chosen = []

    def take(place: int) -> None:
        nonlocal line
        line = line.looked(place)
        chosen.append(line.moment.step)
        strip.show_branch(line.now, line.place)

    strip.chosen.connect(take)
    strip.show_branch(line.now, line.place)
    strip.show()
    assert strip.accessibleDescription() == "step 290, moment 30 of 30"
    shown = strip.shown()
    assert len(shown) == 400 // 56
    assert shown[0] == 0
    assert shown[-1] == 29
    QTest.mouseClick(strip, LEFT, NONE, strip.cell(0).center().toPoint())
    QTest.keyClick(strip, Qt.Key.Key_Right)
    QTest.keyClick(strip, Qt.Key.Key_End)
    QTest.keyClick(strip, Qt.Key.Key_Right)  # there is nothing behind the last one
    QTest.keyClick(strip, Qt.Key.Key_Home)
    assert chosen == [0, 10, 290, 0]
    QTest.mouseClick(strip, LEFT, NONE, QPoint(200, strip.height() - 16))
    assert chosen[-1] == pytest.approx(145, abs=10)
    assert line.place in strip.shown()


# The costs


def test_the_plot_shows_each_line_and_where_one_is(qtbot, tmp_path) -> None:
    plot = CostPlot(("α·content", "β·style"))
    qtbot.addWidget(plot)
    plot.resize(500, 300)
    plot.show()
    with qtbot.waitSignal(plot.ready, timeout=10_000):
        pass
    names = ("J", "α·content", "β·style", "conv1_1", "conv2_1")
    first = Costs().added({name: ([0], [100.0 / (i + 1)]) for i, name in enumerate(names)})
    plot.show_costs(first)
    seen = plot.plot.grab().toImage()
    colours = {seen.pixelColor(x, y).rgb() for x in range(60, seen.width()) for y in range(seen.height() - 40)}
    assert part_pen(1).color().rgb() in colours, "one step is a dot"
    assert layer_pen(0).color().rgb() in colours
    costs = Costs().added({name: ([0, 1, 2], [100.0 / (i + 1), 10.0, 0.0]) for i, name in enumerate(names)})
    plot.show_costs(costs, 1)
    assert plot.names == list(names)
    x, y = plot._curves["J"].getData()
    assert list(x[:2]) == [0, 1]
    assert list(y[:2]) == [2, 1], "powers of ten"
    assert np.isnan(y[2]), "zero has none"
    assert plot._mark.value() == 1
    assert plot._curves["J"].opts["symbol"] is None, "and more are a line"
    plot.layers.click()
    assert set(plot._curves) == {"J", "α·content", "β·style"}
    plot.logarithmic.click()
    assert list(plot._curves["J"].getData()[1]) == [100, 10, 0]
    plot.export_png(str(tmp_path / "costs.png"))
    assert QImage(str(tmp_path / "costs.png")).width() > 300


def test_one_can_point_at_the_divider_s_handle(wipe) -> None:
    assert wipe._meant(QPointF(wipe.divider + 12, 100))
    assert not wipe._meant(QPointF(wipe.divider + 12, 30))
