"""A painter keeps her hands on the keys: they go on meaning the same, whatever she pressed last."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from explorer.formats import styled_files
from explorer.ui import theme
from explorer.ui.controls.scrolled import Scrolled
from explorer.ui.studio.gram_view import POINT
from explorer.ui.telling import PICKING
from tests.stories.test_studio import LEFT, made, pictures, view, write  # noqa: F401

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_space_pauses_what_was_just_started(user, view) -> None:  # noqa: F811
    """A button that was clicked has the keys: Space on Start would begin anew."""
    studio = view.studio
    write(view, "size", "32")
    write(view, "steps", "5000")
    QTest.mouseClick(view.run.start, LEFT)
    user.wait(lambda: studio.timeline.moment is not None, 60)
    user.press(Qt.Key.Key_Space)
    assert studio.state == "paused"
    assert len(studio.timeline.branches) == 1
    user.press(Qt.Key.Key_Space)
    assert studio.state == "running"
    QTest.mouseClick(view.run.stop, LEFT)
    user.press(Qt.Key.Key_Space)
    assert studio.state == "running"
    assert len(studio.timeline.branches) == 1, "it was gone on with"
    studio.stop()


def test_tab_comes_by_each_style_and_space_begins(user, view) -> None:  # noqa: F811
    studio = view.studio
    studio.take_style(studio.setup.content)
    user.wait(lambda: not studio.missing)
    write(view, "size", "32")
    write(view, "steps", "2")
    view.materials.content.setFocus()
    names = []
    while not names or names[-1] != "Add a style…":
        user.press(Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        names.append(widget.accessibleName() or widget.text())
        assert len(names) < 20, names
    assert names == [
        "Swap", "Style picture 1", "Weight of style 1", "Mask of style 1", "Remove style 1",
        "Style picture 2", "Weight of style 2", "Mask of style 2", "Remove style 2", "Add a style…",
    ]  # fmt: skip
    user.wait(view.run.start.isEnabled)
    view.materials.rows[1].tile.setFocus()  # where the keys are when its picture was chosen
    user.press(Qt.Key.Key_Space)
    user.wait(lambda: studio.state == "done", 60)
    assert studio.timeline.moment.step == 2


def test_tab_goes_from_left_to_right_and_from_a_tab_into_its_page(user, view) -> None:  # noqa: F811
    def after(start: QWidget, count: int) -> list[str]:
        start.setFocus()
        names = []
        for _ in range(count):
            user.press(Qt.Key.Key_Tab)
            widget = QApplication.focusWidget()
            names.append(widget.accessibleName() or widget.text())
        return names

    bar = view.tabs.tabBar()
    user.wait(view.run.start.isEnabled)
    assert after(bar, 1) == ["Start"]
    assert after(view.form.editor("seed"), 1) == ["Views of the studio"]
    view.tabs.setCurrentWidget(view.beside)
    assert after(bar, 6) == ["Add these settings", "Add preset", "Row of …", "size", "steps", "Side by side"]
    view.tabs.setCurrentWidget(view.gallery)
    assert after(bar, 2) == ["Load a picture…", "Logarithmic"]


def test_tab_stops_at_what_scrolls_only_where_there_is_more_to_see(user, view) -> None:  # noqa: F811
    def round_trip() -> list[str]:
        view.materials.content.setFocus()
        names: list[str] = []
        while not names or QApplication.focusWidget() is not view.materials.content:
            user.press(Qt.Key.Key_Tab)
            names.append(QApplication.focusWidget().accessibleName())
            assert len(names) < 80, names
        return names

    scrolled = {one.accessibleName(): one for one in user.window.findChildren(Scrolled) if one.isVisible()}
    settings, costs = scrolled["Pictures and settings"], scrolled["Costs and layers"]
    assert settings.verticalScrollBar().maximum() > 0
    assert costs.verticalScrollBar().maximum() == scrolled["The studio"].verticalScrollBar().maximum() == 0
    stops = round_trip()
    assert "Pictures and settings" in stops
    assert not {"The studio", "Costs and layers", "Style studio"} & set(stops), "the keys would do nothing there"
    settings.setFocus(Qt.FocusReason.TabFocusReason)
    seen = settings.grab().toImage()
    assert seen.pixelColor(0, 40) == seen.pixelColor(40, 0) == QColor(theme.current().accent), "one sees where they are"
    user.press(Qt.Key.Key_Down)
    assert settings.verticalScrollBar().value() > 0
    view.result.setFocus()
    assert settings.grab().toImage().pixelColor(0, 40) != QColor(theme.current().accent)


def test_what_does_not_fit_while_it_runs_is_offered_in_a_size_that_does(user, view) -> None:  # noqa: F811
    studio = view.studio
    made(user, view)
    write(view, "steps", "5000")
    QTest.mouseClick(view.run.pause, LEFT)
    user.wait(lambda: view.studio.timeline.moment.step > 4, 60)
    studio.set(replace(studio.setup.settings, size=8192, octaves=8, growth=4.0))
    user.wait(lambda: studio.state != "running" or studio.timeline.moment.made.settings.size == 8192, 60)
    studio.pause()
    user.wait(lambda: studio.forecast is not None and studio.forecast.size[0] == 8192, 60)
    assert view.run.words.text() == f"At step {studio.timeline.moment.step:,}. {studio.forecast.sentence}"
    assert view.run.fit.isVisible() == (not studio.forecast.fits and studio.forecast.largest > 0)


def test_the_keys_have_a_place_after_rewind(user, view) -> None:  # noqa: F811
    moment = made(user, view)
    QTest.mouseClick(view.timeline.rewind, LEFT)
    assert view.studio.timeline.moment.step == 0
    assert QApplication.focusWidget() is view.timeline.strip
    user.press(Qt.Key.Key_End)
    assert view.studio.timeline.moment is moment
    user.window.pages.studio.setFocus()  # beside the view
    user.press(Qt.Key.Key_C)
    assert view.result.comparing
    QApplication.clipboard().clear()
    user.window.pages.studio.setFocus()
    user.press(Qt.Key.Key_C, CTRL)
    assert QApplication.clipboard().image().size().toTuple() == (32, 24)


def test_she_is_told_how_to_pick_layers_and_comes_back(user, view) -> None:  # noqa: F811
    notices = user.window.notices
    view.layers.pick.click()
    assert user.window.pages.shows_canvas
    assert notices.text == PICKING
    (back,) = [one for one in notices.findChildren(QPushButton) if one.text() == "Back to the studio"]
    back.click()
    assert user.window.pages.shows_studio
    assert not notices.text, "what is done needs no notice"


def test_a_number_of_the_gram_matrix_is_the_one_under_the_pointer(user, view) -> None:  # noqa: F811
    gram = view.gram
    view.tabs.setCurrentWidget(gram)
    user.wait(lambda: gram.gram.found is not None)
    user.wait(lambda: not gram.lane.isVisible())  # it is seen where the network took long
    QApplication.processEvents()
    before = gram.matrix.geometry()
    assert gram.hover.text() == POINT
    QTest.mouseMove(gram.matrix, QPoint(gram.matrix.width() // 2, gram.matrix.height() // 2))
    user.wait(lambda: gram.hover.text().startswith("Channels "))
    QApplication.processEvents()
    assert gram.matrix.geometry() == before, "it stays where it is pointed at"
    gram.by_hand.setFocus()
    user.press(Qt.Key.Key_Space)
    pages = user.window.pages
    assert pages.labs.lab.title == "Style: the Gram matrix"
    user.press(Qt.Key.Key_F1)
    assert pages.currentWidget() is pages.guide
    user.press(Qt.Key.Key_Escape)
    assert pages.currentWidget() is pages.labs
    user.press(Qt.Key.Key_Escape)
    assert pages.shows_studio, "where she came from"
    assert QApplication.focusWidget() is gram.by_hand
    user.press(Qt.Key.Key_Escape)
    assert pages.shows_canvas


def test_the_picture_that_is_seen_can_be_what_another_one_begins_with(user, view) -> None:  # noqa: F811
    studio, before = view.studio, made(user, view).picture
    view.form.editor("start").setCurrentText("current")
    write(view, "steps", "1")
    QTest.mouseClick(view.run.start, LEFT)
    user.wait(lambda: studio.state == "done" and len(studio.timeline.branches) == 2, 60)
    first, *_, last = studio.timeline.now.moments
    assert (first.step, last.step) == (0, 1)
    assert (first.picture == before).all(), "not the content"
    assert last.result.costs.total < first.result.costs.total


def test_saving_another_picture_does_not_count_as_keeping_the_newest(user, view, tmp_path) -> None:  # noqa: F811
    studio, newest = view.studio, made(user, view)
    view.files.save(str(tmp_path / "first.png"), studio.timeline.now.moments[0])
    user.wait(lambda: view.said.text() == "Written: first.png")
    assert studio.unkept is newest
    view.files.save(str(tmp_path / "last.png"), newest)
    user.wait(lambda: view.said.text() == "Written: last.png")
    assert studio.unkept is None


def test_moments_and_the_figure_of_the_paper_are_written(user, view, tmp_path, monkeypatch) -> None:  # noqa: F811
    made(user, view)
    view.timeline.export_png(str(tmp_path / "moments.png"))
    row = QImage(str(tmp_path / "moments.png"))
    count = min(6, len(view.studio.timeline.now.moments))
    assert row.size().toTuple() == (384 * count + 8 * (count - 1), 288 + 24)
    beside = view.beside
    view.tabs.setCurrentWidget(beside)
    beside.form.editor("size").entered.emit(32)
    beside.form.editor("steps").entered.emit(1)
    beside.row.menu().actions()[3].trigger()
    names = ["style up to relu0", "style up to relu1", "content of relu0", "content of relu1"]
    assert [one.name for one in beside.grid.shown] == names
    QTest.mouseClick(beside.run, LEFT)
    user.wait(lambda: not beside.series.missing and not beside.series.running, 60)
    assert beside.row_image().size().toTuple() == (32 + 8 + 32, 2 * (24 + 40)), "two rows"

    def tops() -> list[int]:
        return [beside.grid.visualItemRect(beside.grid.item(place)).y() for place in range(4)]

    user.wait(lambda: tops()[0] == tops()[1] < tops()[2] == tops()[3])
    path = tmp_path / "one.png"
    monkeypatch.setattr("explorer.ui.studio.keeping.choose_destination", lambda *_: str(path))
    beside.grid.setCurrentRow(3)

    def save() -> None:
        menu = QApplication.activePopupWidget()
        menu.actions()[1].trigger()
        menu.close()

    QTimer.singleShot(0, save)
    at = beside.grid.visualItemRect(beside.grid.item(3)).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, beside.grid.mapToGlobal(at))
    QApplication.sendEvent(beside.grid, event)
    user.wait(lambda: view.said.text() == "Written: one.png")
    user.wait(lambda: not beside.grid.findChildren(QMenu))  # it goes when it is closed, not with the studio
    sheet = styled_files.read(str(path))
    assert [one.node for one in sheet.content_layers] == ["relu1"]
    assert (sheet.settings.style_weight, sheet.step) == (0, 1)
    assert view.studio.unkept is not None, "it is another picture"
