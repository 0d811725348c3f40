"""Somebody looks behind the boxes of a detector: cells, anchors, formulas, suppression step by step, midpoints."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from explorer.maths.box_records import Spot, Thresholds
from explorer.maths.boxes import iou
from explorer.maths.midpoints import cell_box
from explorer.maths.suppression_steps import KEPT
from explorer.ui.pictures.class_colours import class_colour, class_colours
from explorer.ui.pictures.suppression_drawing import DRAWN
from explorer.workspace.settings import Settings

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def looking(user, assets):
    """Yolo-Fastest has seen the photo with the dog, and the panel is in front."""
    user.drop(user.window, str(assets / "yolo-fastest-1.1-xl.weights"))
    user.wait(lambda: user.project.network.nodes, 60)
    user.drop(user.window, str(assets / "images" / "dog.jpg"))
    user.wait(lambda: user.session.prediction is not None, 60)
    docks = user.window.docks
    docks.bring("Boxes")
    user.wait(lambda: docks["Boxes"].widget() is not None)
    user.panel = docks["Boxes"].widget()._panel
    user.wait(lambda: user.panel.stage.view.scene is not None)
    return user


CONTROL = Qt.KeyboardModifier.ControlModifier


def labels(user) -> list[str]:
    return [guess.label for guess in user.session.prediction.top]


def click(view, x: float, y: float) -> None:
    """Move to a point of the picture and click there."""
    at = view.place((x, y, x, y)).topLeft().toPoint()
    QTest.mouseMove(view, at + QPoint(3, 3))
    QTest.mouseMove(view, at)
    QTest.mouseClick(view, LEFT, PLAIN, at)


def test_boxes_go_with_their_network(looking) -> None:
    """A network that is begun has none: those of the last one stood there."""
    panel = looking.panel
    assert panel.stack.currentWidget() is panel.splitter
    looking.session.new()
    looking.window.build()
    looking.wait(lambda: panel.stack.currentWidget() is panel.empty)
    assert panel.empty.sentence.text().startswith("Open a detector")
    looking.session.show_tab(looking.session.document.tabs[0])
    looking.wait(lambda: panel.stack.currentWidget() is panel.splitter)


def test_a_click_on_a_box_shows_its_cell_anchor_and_formulas(looking) -> None:
    panel, view = looking.panel, looking.panel.stage.view
    cat = next(guess for guess in panel.behind.guesses if guess.label == "cat")
    left, top, right, bottom = cat.box
    click(view, (left + right) / 2, (top + bottom) / 2)  # it lies in the dog's box, and is the smaller one
    spot = panel.behind.spot
    assert panel.behind.raw.place(spot) == cat.place
    owner = cell_box(panel.behind.heads, spot)
    assert owner[0] <= (left + right) / 2 <= owner[2]
    assert panel.stage.head.currentText() == "yolo130 · 20 × 20 cells", "the head that found it"
    assert panel.box.header.text().startswith("cat 34.4 % · yolo130 · row ")
    rows = {row.row.name: row.row for row in panel.box.views}
    assert list(rows) == ["b_x", "b_y", "b_w", "b_h", "p_c", "P", "score", "left", "top", "right", "bottom"]
    assert [rows[side].value for side in ("left", "top", "right", "bottom")] == pytest.approx(cat.box, abs=0.01)
    assert rows["score"].value == pytest.approx(cat.probability, abs=1e-5)
    # another class of the same box, by the keys
    panel.box.scores.setFocus()
    looking.press(Qt.Key.Key_Down)
    assert panel.behind.index == panel.box._order[panel.box.scores.currentIndex().row()]
    # an arrow goes to the next cell, Page Down to the next box, Escape lets go
    view.setFocus()
    looking.press(Qt.Key.Key_Right)
    assert (panel.behind.spot.row, panel.behind.spot.column) == (spot.row, spot.column + 1)
    looking.press(Qt.Key.Key_PageDown)
    assert panel.behind.raw.place(panel.behind.spot) == panel.behind.guesses[0].place
    panel.pages.setCurrentWidget(panel.midpoints)
    view.setFocus()
    looking.press(Qt.Key.Key_PageUp)
    assert panel.behind.guess == len(panel.behind.guesses) - 1
    assert panel.pages.currentWidget() is panel.box, "which tells of it, as behind a click"
    looking.press(Qt.Key.Key_Escape)
    assert panel.behind.spot is None
    assert "Click a box" in panel.box.header.text()


def test_thresholds_change_the_boxes_without_another_run(looking, monkeypatch) -> None:
    user, panel = looking, looking.panel
    monkeypatch.setattr(user.session.worker, "ask", lambda *_: pytest.fail("the worker was asked"))
    assert len(labels(user)) == 5
    user.window.predictions.thresholds.least.number.setValue(0.85)  # those beside the guesses
    assert labels(user) == ["dog", "bicycle"]
    assert user.window.predictions.guesses.rowCount() == 2
    assert len(user.window.picture.view.outlines()) == 2
    assert panel.thresholds.least.number.value() == 0.85, "they are the same"
    panel.thresholds.least.slider.setFocus()
    user.press(Qt.Key.Key_Home)
    user.press(Qt.Key.Key_PageUp)
    assert user.session.thresholds.least == 0.05
    many = len(labels(user))
    assert many > 5
    panel.thresholds.overlap.number.setValue(1.0)
    assert len(labels(user)) > 3 * many
    panel.thresholds.measure.setCurrentText("IoU")
    assert user.session.thresholds == Thresholds(0.05, 1.0, "IoU")
    assert Settings().thresholds == user.session.thresholds
    QTest.mouseClick(panel.thresholds.usual, LEFT)
    assert user.session.thresholds == Thresholds()
    assert len(labels(user)) == 5
    assert user.window.predictions.thresholds.least.number.value() == 0.25


def test_which_classes_count_and_their_colours(looking) -> None:
    user, panel = looking, looking.panel
    panel.pages.setCurrentWidget(panel.classes)
    shown = panel.classes.list
    assert shown.count() == 80
    panel.classes.search.setText("dog")
    (dog,) = [shown.item(i) for i in range(80) if shown.item(i).text() == "dog"]
    shown.setCurrentItem(dog)
    shown.setFocus()
    user.press(Qt.Key.Key_Space)
    assert "dog" not in labels(user)
    assert panel.classes.said.text() == "1 class left out"
    user.press(Qt.Key.Key_Space)
    assert labels(user)[0] == "dog"
    QTest.mouseClick(panel.classes.found, LEFT)
    assert len(user.session.thresholds.hidden) == 80 - 5
    QTest.mouseClick(panel.classes.all, LEFT)
    assert not user.session.thresholds.hidden
    menu = QMenu()
    panel.classes.fill(menu, dog)
    try:
        menu.actions()[5].trigger()
        assert class_colours().of(16, "dog").name() == "#d55e00"
        assert Settings().class_colours == {"dog": "#d55e00"}
        guess, outline = user.window.picture.view.outlines()[-1]
        assert guess.label == "dog"
        drawn = user.window.picture.view.grab().toImage()
        assert drawn.pixelColor(QPointF(outline.left(), outline.center().y()).toPoint()) == QColor("#d55e00")
    finally:
        menu.actions()[-1].trigger()
    assert class_colours().of(16, "dog") == class_colour(16)
    assert Settings().class_colours == {}


def test_a_colour_is_chosen_after_the_network_has_gone(looking, monkeypatch) -> None:
    """A menu stays open while another network comes: by then its row is no more."""
    user, classes = looking, looking.panel.classes
    rows: list[int] = []
    chosen: list[dict[str, str]] = []
    asked: list[tuple[str, str]] = []

    def ask(_parent: object, title: str, now: QColor) -> QColor:
        asked.append((now.name(), title))
        return QColor()

    def meanwhile() -> None:
        menu = QApplication.activePopupWidget()
        try:
            user.session.open_network("lenet5", "LeNet-5")
            user.wait(lambda: classes.list.count() == 0)
            rows.append(classes.list.count())
            for place in (5, -2, -1):
                menu.actions()[place].trigger()
                chosen.append(dict(Settings().class_colours))
        finally:
            menu.close()

    monkeypatch.setattr("explorer.ui.pictures.class_list.asked_colour", ask)
    dog = next(row for row in range(80) if classes.list.item(row).text() == "dog")
    classes.list.setCurrentRow(dog)
    QTimer.singleShot(0, meanwhile)
    classes._choose(classes.list.currentItem())
    assert rows == [0]
    assert chosen == [{"dog": "#d55e00"}, {"dog": "#d55e00"}, {}]
    assert asked == [(class_colour(16).name(), "Colour of dog")], "as it was when the menu was opened"


def test_suppression_step_by_step(looking) -> None:
    user, panel, behind = looking, looking.panel, looking.panel.behind
    panel.stage.view.setFocus()
    user.press(Qt.Key.Key_S)
    assert panel.pages.currentWidget() is panel.steps
    assert "score above 0.01: all wait." in panel.steps.said.text()
    user.press(Qt.Key.Key_Right)
    assert panel.steps.said.text().startswith("Threshold: ")
    user.press(Qt.Key.Key_Right)
    assert panel.steps.said.text() == "Pick the best of its class that is left: dog 93.4 %. It stays."
    user.press(Qt.Key.Key_Right)
    state = behind.steps.state(behind.step)
    assert panel.steps.said.text().startswith("Compute the DIoU of dog 93.4 %")
    table = panel.steps.table.model()
    assert table.rowCount() == len(state.rivals) > 3
    assert f"{state.overlaps[0]:.3f}" in table.index(0, 0).data()
    panel.steps.table.setFocus()
    user.press(Qt.Key.Key_Down)
    user.press(Qt.Key.Key_Down)
    assert panel.stage.view.scene.rival == panel.steps.table.currentIndex().row() > 0
    panel.stage.view.setFocus()
    user.press(Qt.Key.Key_Right)
    assert panel.steps.said.text().startswith("Suppress those above 0.45: ")
    user.press(Qt.Key.Key_Left)
    assert behind.step == 3
    # also while a cell is picked, which the arrows move where there are no steps
    spot = Spot(0, 0, 2, 2)
    behind.pick(spot)
    user.press(Qt.Key.Key_Right)
    assert (behind.step, behind.spot) == (4, spot)
    user.press(Qt.Key.Key_Left)
    assert (behind.step, behind.spot) == (3, spot)
    behind.pick(None)
    # the last state is what the picture shows
    user.press(Qt.Key.Key_End)
    last = behind.steps.state(behind.step)
    kept = behind.steps.found.taken(np.flatnonzero(last.fates == KEPT))
    assert kept.places.tolist() == [guess.place for guess in behind.guesses]
    assert kept.classes.tolist() == [guess.index for guess in behind.guesses]
    # IoU in place of DIoU, and a class of its own
    panel.thresholds.measure.setCurrentText("IoU")
    panel.steps.classes.setCurrentIndex(panel.steps.classes.findText("bicycle"))
    panel.steps.classes.activated.emit(panel.steps.classes.currentIndex())
    assert "bicycle 90.1 %" in panel.steps.said.text()
    user.press(Qt.Key.Key_Right)
    state, boxes = behind.steps.state(behind.step), behind.steps.found.boxes.tolist()
    exact = [float(iou(tuple(boxes[state.best]), tuple(boxes[i]))) for i in state.rivals]
    assert state.overlaps == pytest.approx(exact, abs=1e-5)
    # played, at once where less motion is asked for
    user.window.settings.less_motion = True
    user.press(Qt.Key.Key_Home)
    panel.steps.speed.setCurrentText("Fast")
    user.press(Qt.Key.Key_Space)
    assert panel.steps.playing
    user.wait(lambda: behind.step == panel.steps.last and not panel.steps.playing, 60)
    assert panel.stage.view._fade == 1.0


def test_going_boxes_fade_only_where_things_may_move(looking) -> None:
    panel = looking.panel
    panel.stage.layers["Steps"].setChecked(True)
    panel.steps.go(3)
    panel.steps.go(4)
    assert panel.stage.view._fade < 1.0
    looking.wait(lambda: panel.stage.view._fade == 1.0)
    looking.window.toggle_motion()
    panel.steps.go(3)
    panel.steps.go(4)
    assert panel.stage.view._fade == 1.0


def test_a_clicker_goes_through_the_suppression_before_a_class(looking) -> None:
    window, panel = looking.window, looking.panel
    panel.stage.layers["Steps"].setChecked(True)
    panel.steps.go(1)
    panel.stage.view.setFocus()
    for key in (Qt.Key.Key_F11, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        looking.press(key)
    assert window.isFullScreen()
    assert panel.behind.step == 2
    looking.wait(lambda: panel.stage.view.height() > window.height() / 2)
    looking.press(Qt.Key.Key_Escape)
    looking.wait(lambda: not window.isFullScreen() and window.pages.isVisible())


def test_objectness_under_the_pointer_and_raw_boxes(looking) -> None:
    panel, view = looking.panel, looking.panel.stage.view
    for key in (Qt.Key.Key_B, Qt.Key.Key_G, Qt.Key.Key_P):
        view.setFocus()
        looking.press(key)
    assert panel.stage.on == {"Anchors", "p_c"}
    assert Settings().choice("detection layers") == "Anchors, p_c"
    dog = panel.behind.raw.spot(panel.behind.guesses[0].place)
    left, top, right, bottom = cell_box(panel.behind.heads, dog)
    at = view.place(((left + right) / 2, (top + bottom) / 2, right, bottom)).topLeft().toPoint()
    QTest.mouseMove(view, at + QPoint(2, 2))
    QTest.mouseMove(view, at)
    there = panel.behind.raw.grids[dog.head].objectness[:, dog.row, dog.column]
    assert f"row {dog.row}, column {dog.column} · p_c = {there.max():.4f}" in panel.stage.reading.text()
    assert view.scene.cell == Spot(dog.head, 0, dog.row, dog.column), "its anchors are drawn"
    panel.stage.anchor.setCurrentIndex(3)
    panel.stage.anchor.activated.emit(3)
    QTest.mouseClick(view, LEFT, PLAIN, at)
    assert panel.behind.spot == Spot(dog.head, 2, dog.row, dog.column)
    panel.stage.layers["Raw"].setChecked(True)
    before = view.grab().toImage()
    panel.floor.number.setValue(0.0)
    assert panel.behind.floor == 0.0
    assert view.grab().toImage() != before, "all 1,500 are drawn"
    panel.stage.layers["Steps"].setChecked(True)
    few = panel.steps.few
    assert few.text() == f"Of each kind the best {DRAWN} are drawn."
    assert few.wordWrap(), "also where the panel is narrow"
    panel.stage.layers["Steps"].setChecked(False)
    panel.behind.pick(None)
    click(view, 400, 300)
    picked = panel.behind.raw.boxes[panel.behind.raw.place(panel.behind.spot)]
    assert picked[0] <= 400 < picked[2]


def test_two_midpoints_are_dragged_into_one_cell(looking) -> None:
    panel, view = looking.panel, looking.panel.stage.view
    view.setFocus()
    looking.press(Qt.Key.Key_M)
    assert panel.pages.currentWidget() is panel.midpoints
    assert "a cell of its own" in panel.midpoints.said.text()
    first, second = panel.stage.boxes
    start, goal = view.place(second).center().toPoint(), view.place(first).center().toPoint()
    QTest.mousePress(view, LEFT, PLAIN, start)
    for step in range(1, 9):
        QTest.mouseMove(view, start + (goal - start) * step / 8)
    QTest.mouseRelease(view, LEFT, PLAIN, goal)
    first, second = panel.stage.claims
    assert (first.spot.row, first.spot.column) == (second.spot.row, second.spot.column)
    assert panel.midpoints.said.text().startswith("A and B have their midpoints in one cell.")
    assert second.lost == (first.spot == second.spot)
    QTest.mouseClick(panel.midpoints.add, LEFT)
    assert len(panel.stage.claims) == 3
    panel.stage.drag((panel.stage.boxes[0],) * 3)
    assert [claim.lost for claim in panel.stage.claims] == [False, True, True]
    assert "B and C cannot be learned: the same anchor fits best" in panel.midpoints.said.text()
    # a corner makes a box larger
    left, top, right, bottom = panel.stage.boxes[2]
    corner = view.place(panel.stage.boxes[2]).bottomRight().toPoint()
    QTest.mousePress(view, LEFT, PLAIN, corner)
    QTest.mouseMove(view, corner + QPoint(20, 10))
    QTest.mouseRelease(view, LEFT, PLAIN, corner + QPoint(20, 10))
    grown = panel.stage.boxes[2]
    assert grown[:2] == (left, top)
    assert grown[2] > right
    assert grown[3] > bottom
    view.setFocus()
    looking.press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    step = panel.behind.picture.size[0] / 100
    assert panel.stage.boxes[2] == pytest.approx((left - step, top, grown[2] - step, grown[3]))
    looking.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert panel.stage.boxes[2] == pytest.approx((left - step, top, grown[2] - step, grown[3] + step))
    QTest.mouseClick(panel.midpoints.remove, LEFT)
    assert len(panel.stage.boxes) == 2
    # each is a step to take back, and none of the network's
    view.setFocus()
    for count in (3, 3, 3, 3, 3, 2):  # removed, larger, moved, corner, put in one place, added
        looking.press(Qt.Key.Key_Z, CONTROL)
        assert len(panel.stage.boxes) == count
    assert panel.midpoints.said.text().startswith("A and B have their midpoints in one cell.")
    looking.press(Qt.Key.Key_Z, CONTROL)
    assert "a cell of its own" in panel.midpoints.said.text(), "a drag is one step"
    looking.press(Qt.Key.Key_Y, CONTROL)
    assert panel.midpoints.said.text().startswith("A and B have their midpoints in one cell.")
    assert looking.document.history.count == 0


def test_a_picture_of_it_is_taken_away(looking, tmp_path) -> None:
    panel = looking.panel
    panel.behind.pick_guess(0)
    panel.export_picture(str(tmp_path / "boxes.png"))
    from PySide6.QtGui import QImage

    image = QImage(str(tmp_path / "boxes.png"))
    assert image.width() >= 1600
    plain = panel.stage.view.image.scaled(image.size())
    assert sum(image.pixel(x, y) != plain.pixel(x, y) for x in range(0, 1600, 8) for y in range(0, 1200, 8)) > 200
    panel.stage.view.setFocus()
    looking.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().image().size() == image.size()
    # a page that is about a layer comes with it; by a click on its tab it was empty
    tabs = panel.pages.tabBar()
    QTest.mouseClick(tabs, LEFT, PLAIN, tabs.tabRect(panel.pages.indexOf(panel.steps)).center())
    assert "Steps" in panel.stage.on
    assert panel.steps.count.text().startswith("Step 1 of ")
    panel.stage.layers["Midpoints"].setChecked(False)
    assert panel.midpoints.said.text() == "Switch on Midpoints above the picture: it brings two boxes to drag."


def test_a_frame_is_held_while_a_video_plays_on(looking) -> None:
    user, panel = looking, looking.panel
    user.window.picture.videos.open_samples()
    shown = panel.behind
    user.wait(lambda: user.session.live and shown.heads is not None, 60)
    first = shown.heads
    user.wait(lambda: shown.heads is not None and shown.heads is not first, 60)  # each frame has its own
    panel.stage.view.setFocus()
    user.press(Qt.Key.Key_H)
    held = shown.prediction
    before = user.session.prediction
    user.wait(lambda: user.session.prediction is not None and user.session.prediction is not before, 60)
    assert shown.prediction is held
    panel.thresholds.least.number.setValue(0.01)
    assert shown.prediction.heads is held.heads
    assert shown.prediction.thresholds.least == 0.01, "thresholds count for the held frame, too"
    user.press(Qt.Key.Key_H)
    user.window.picture.live.stop()
    user.wait(lambda: shown.prediction is user.session.prediction)


def test_a_picked_box_goes_with_its_network(looking, assets) -> None:
    """Painting asked the face detector, which knows one class, for the score of the 8th."""
    shown, session = looking.panel.behind, looking.session
    shown.pick(Spot(0, 0, 2, 2), 7)  # there is such a cell in the other one's head, too
    session.open_model("face-detector")
    looking.wait(lambda: not any(node.id == "yolo130" for node in looking.project.network.order), 60)
    session.open_picture(str(assets / "images" / "person.jpg"))
    looking.wait(lambda: shown.heads is not None and shown.heads.classes == 1, 60)
    assert (shown.spot, shown.index) == (None, 0)


def test_without_heads_it_says_what_to_open(user, assets) -> None:
    user.window.docks.bring("Boxes")
    user.wait(lambda: user.window.docks["Boxes"].widget() is not None)
    panel = user.window.docks["Boxes"].widget()._panel
    assert "Open a picture" in panel.empty.sentence.text()
    user.session.open_picture(str(assets / "images" / "dog.jpg"))
    user.wait(lambda: user.session.picture is not None)
    assert "Open a detector" in panel.empty.sentence.text()
    assert not panel.stage.isVisible()
