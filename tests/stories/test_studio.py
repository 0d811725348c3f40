"""A painter gives a photo the style of a painting, and has the brush in her hand all the while."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from explorer.formats import styled_files
from explorer.maths.strokes import Stroke
from explorer.probes.style import Style, StyleSheet
from explorer.ui.choosing.file_dialog import FileDialog
from explorer.ui.controls.menu_letters import bare
from explorer.workspace.mask_images import mask_pixels
from explorer.workspace.settings import Settings
from tests.hands import when_asked
from tests.style_side import painter, small_photo

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def pictures(assets, tmp_path) -> tuple[str, str]:
    return small_photo(assets, tmp_path, "dog"), small_photo(assets, tmp_path, "scream")


@pytest.fixture
def view(user, pictures):
    """The studio of a small network with both pictures dropped on it."""
    user.session.open_project(painter())
    user.window.canvas.setFocus()
    user.press(Qt.Key.Key_Y, CTRL | SHIFT)
    view = user.window.pages.studio.view
    user.wait(view.isVisible)
    user.drop(view.materials.content, pictures[0])
    user.drop(view.materials.first, pictures[1])
    user.wait(lambda: not view.studio.missing)
    return view


def write(view, name: str, text: str) -> None:
    """Type a setting's new value."""
    editor = view.form.editor(name)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)


def step(view) -> int:
    return view.studio.timeline.now.moments[-1].step


def test_styles_are_chosen_together(user, view, pictures) -> None:
    def choose(dialog: FileDialog) -> None:
        dialog.parts.name.setText(" ".join(f'"{path}"' for path in pictures))
        QTest.keyClick(dialog.parts.name, Qt.Key.Key_Return)

    when_asked(FileDialog, choose)
    QTest.mouseClick(view.materials.add, LEFT)
    assert len(view.studio.setup.styles) == 3
    when_asked(FileDialog, lambda dialog: dialog.reject())
    QTest.mouseClick(view.materials.add, LEFT)
    assert len(view.studio.setup.styles) == 3


def test_start_steer_pause_go_back_and_branch_off(user, view) -> None:
    studio = view.studio
    assert view.materials.content_name.text() == "dog.png, 96×72"
    assert not user.window.pages.studio.trunk.isHidden(), "two blocks are few"
    write(view, "size", "48")
    write(view, "steps", "5000")
    QTest.mouseClick(view.run.start, LEFT)
    user.wait(lambda: studio.timeline.moment is not None and step(view) > 3, 60)
    assert view.result.image.size().toTuple() == (48, 36)
    assert view.words.formula.text() == "J(G) = α·J_content(C, G) + β·J_style(S, G)"
    costs = studio.timeline.moment.result.costs
    assert view.words.numbers.text() == f"= 1 · {costs.content:.4g} + 2,000 · {costs.style:.4g}"
    before = step(view)
    write(view, "style_weight", "20")
    user.wait(lambda: studio.timeline.moment.made.settings.style_weight == 20 and step(view) > before + 3)
    assert view.words.numbers.text().startswith("= 1 · ")
    assert " + 20 · " in view.words.numbers.text()
    steps = [one.step for one in studio.timeline.now.moments]
    assert steps == sorted(steps), "it went on where it was"
    assert len(studio.timeline.branches) == 1
    view.result.setFocus()
    user.press(Qt.Key.Key_Space)
    assert studio.state == "paused"
    assert view.run.pause.text() == "Go on"
    end = step(view)
    lines = studio.timeline.now.costs.lines
    assert set(lines) >= {"J", "α·J_content", "β·J_style", "relu0, content", "relu1, style"}
    assert lines["J"][0][-1] == end
    assert lines["J"][1][0] > lines["J"][1][-1]

    view.timeline.strip.setFocus()
    user.press(Qt.Key.Key_Home)
    assert studio.timeline.moment.step == 0
    assert view.run.pause.text() == "Branch off here"
    QTest.mouseClick(view.run.pause, LEFT)
    user.wait(lambda: studio.timeline.branch == 1 and step(view) > 2)
    QTest.mouseClick(view.run.stop, LEFT)
    assert studio.state == "done"
    names = [view.timeline.branches.itemText(i) for i in range(view.timeline.branches.count())]
    assert names == ["Branch 1", "Branch 2, off 1 at step 0"]
    view.timeline.branches.activated.emit(0)
    assert studio.timeline.moment.step == end, "nothing was lost"


def test_the_result_is_wiped_over_the_content(user, view) -> None:
    write(view, "size", "32")
    write(view, "steps", "3")
    assert not view.compare.isEnabled()
    QTest.mouseClick(view.run.start, LEFT)
    user.wait(lambda: view.studio.state == "done", 60)
    assert view.run.start.text() == "Start again"
    view.result.setFocus()
    user.press(Qt.Key.Key_C)
    assert view.result.comparing
    user.press(Qt.Key.Key_Left, SHIFT)
    assert view.result.share == pytest.approx(0.4)
    user.press(Qt.Key.Key_Z, CTRL)  # the studio's last edit, and not the network's
    assert view.studio.setup.settings.steps != 3
    user.press(Qt.Key.Key_Y, CTRL)
    assert view.studio.setup.settings.steps == 3
    user.press(Qt.Key.Key_Escape)
    assert user.window.pages.shows_canvas


def test_layers_are_picked_on_the_canvas_and_marked_there(user, view, monkeypatch) -> None:
    studio, canvas = view.studio, user.window.canvas
    assert [one.node for one in studio.layers("style")] == ["relu0", "relu1"]
    view.layers.pick.click()
    assert user.window.pages.shows_canvas
    assert canvas.drawing.roles.roles == {"relu0": ("content", "style"), "relu1": ("style",)}
    user.click_node("relu2")
    user.window.commands.run("Use as style layer")
    assert [one.node for one in studio.layers("style")] == ["relu0", "relu1", "relu2"]
    assert "style layer" in canvas.drawing.spoken("relu2")
    shown = canvas.grab().toImage()
    user.window.commands.run("Use as style layer")  # and away with it
    assert [one.node for one in studio.layers("style")] == ["relu0", "relu1"]
    assert "style layer" not in canvas.drawing.spoken("relu2")
    assert canvas.grab().toImage() != shown
    opened = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: opened.append([bare(one) for one in menu.actions()]))
    at = user.where("conv1")
    QApplication.sendEvent(
        canvas.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
    )
    assert user.session.selection == ("conv1",)
    assert {"Use as style layer", "Use as content layer"} <= set(*opened)
    user.window.pages.show_studio()
    view.layers.row("style", 1).weight.setFocus()
    view.layers.row("style", 1).weight.selectAll()
    user.type("0.25")
    assert [one.weight for one in studio.layers("style")] == [1.0, 0.25]
    view.layers.row("style", 0).remove.click()
    assert [one.node for one in studio.layers("style")] == ["relu1"]
    view.layers.usual.click()
    assert [one.node for one in studio.layers("style")] == ["relu0", "relu1"]


def test_a_mask_is_painted_and_belongs_to_its_style(user, view, pictures) -> None:
    studio = view.studio
    studio.take_style(studio.setup.content)
    row = view.materials.rows[1]
    assert row.weight.isVisible()
    row.weight.setFocus()
    row.weight.selectAll()
    user.type("0.5")
    assert [style.weight for style in studio.setup.styles] == [1.0, 0.5]
    QTest.mouseClick(row.mask_button, LEFT)
    sheet = view.mask_page.sheet
    user.wait(sheet.isVisible)
    QTest.mousePress(sheet, LEFT, NONE, sheet.on_widget((0.2, 0.2)).toPoint())
    QTest.mouseMove(sheet, sheet.on_widget((0.8, 0.2)).toPoint())
    QTest.mouseRelease(sheet, LEFT, NONE, sheet.on_widget((0.8, 0.2)).toPoint())
    assert len(studio.setup.styles[1].strokes) == 1
    assert studio.setup.styles[0].strokes == ()
    user.press(Qt.Key.Key_Escape)
    assert view.middle.currentWidget() is view.tabs
    assert user.window.pages.shows_studio
    assert row.mask_button.text() == "Mask ✓"
    write(view, "size", "32")
    write(view, "steps", "2")
    QTest.mouseClick(view.run.start, LEFT)
    user.wait(lambda: studio.state == "done", 60)
    assert studio.timeline.moment.made.styles[1].strokes
    row.remove.click()
    assert len(studio.setup.styles) == 1
    user.press(Qt.Key.Key_Z, CTRL)
    assert len(studio.setup.styles) == 2


def test_what_cannot_be_read_is_said(user, view, tmp_path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    user.drop(view.materials.content, str(tmp_path / "broken.png"))
    user.wait(lambda: view.run.words.text().startswith("“broken.png” is text, not a picture"))
    assert view.run.note.text() == "", "it is said once"
    assert not view.run.start.isEnabled()
    user.press(Qt.Key.Key_Z, CTRL)
    user.wait(lambda: view.run.start.isEnabled())


def test_two_studios_do_not_disturb_one_another(user, view) -> None:
    first = view.studio
    write(view, "size", "32")
    write(view, "steps", "4000")
    QTest.mouseClick(view.run.start, LEFT)
    user.wait(lambda: first.timeline.moment is not None, 60)
    user.session.open_project(painter("Another"))
    page = user.window.pages.studio
    assert user.window.pages.shows_studio, "the studio has a view for each network"
    assert page.view is not view
    assert page.network.text() == "seen by Another"
    second = page.view.studio
    second.take_content(first.setup.styles[0].picture)
    second.take_style(first.setup.content)
    user.wait(lambda: not second.missing)
    write(page.view, "size", "24")
    write(page.view, "steps", "4000")
    QTest.mouseClick(page.view.run.start, LEFT)
    user.wait(lambda: second.timeline.moment is not None, 60)
    here, there = second.timeline.moment.step, first.timeline.moment.step
    user.wait(lambda: second.timeline.moment.step > here + 3 and first.timeline.moment.step > there + 3)
    assert first.timeline.moment.picture.shape == (24, 32, 3)
    assert second.timeline.moment.picture.shape[:2] != (24, 32)
    assert second.setup.settings.size == 24
    user.session.show_tab(user.document.tabs[0])
    assert page.view is view
    assert first.state == "running"
    first.pause()
    assert second.state == "running"
    user.session.close_tab(user.document.tabs[1])
    assert second not in page.studios.all
    assert "style" not in "".join(user.session.work), "what nobody looks at any more is stopped"


def test_without_a_network_the_trunk_is_offered(user) -> None:
    user.wait(lambda: bool(user.session.models), 60)
    start = user.window.pages.start
    QTest.mouseClick(start.studio, LEFT)
    page = user.window.pages.studio
    assert page.network.text() == "A network looks at the pictures; none is open."
    assert page.trunk.text().endswith("the VGG-16 trunk")
    assert page.view.run.words.text() == "Choose a content picture: what is to be seen."
    asked = []
    page.studios.open_trunk(lambda name, then: asked.append(name), lambda: None)
    assert asked == ["vgg16_trunk"]
    at = QPoint(5, 5)
    assert page.view.materials.content.rect().contains(at)


def test_presets_are_tried_on_her_own_pictures_and_one_is_taken(user, view) -> None:
    presets, studio = view.presets, view.studio
    write(view, "steps", "77")
    view.tabs.setCurrentWidget(presets)
    assert [one.name for one in presets.grid.shown][:2] == ["Painting", "Gentle"]
    assert len(presets.grid.shown) >= 5
    presets.form.editor("size").entered.emit(24)
    presets.form.editor("steps").entered.emit(2)
    QTest.mouseClick(presets.run, LEFT)
    user.wait(lambda: len(presets.series.results) >= 2, 60)
    assert presets.run.text() == "Stop"
    QTest.mouseClick(presets.run, LEFT)  # she has seen enough
    assert not presets.series.running
    done = sum(one.done for one in presets.series.results.values())
    assert 1 <= done < len(presets.series.variants)
    QTest.mouseClick(presets.run, LEFT)
    user.wait(lambda: not presets.series.missing, 60)
    assert all(one.image is not None for one in presets.grid.shown)
    assert "style" in presets.grid.shown[0].words
    presets.grid.setFocus()
    presets.grid.setCurrentRow(3)
    user.press(Qt.Key.Key_Return)
    assert view.tabs.currentIndex() == 0
    settings = studio.setup.settings
    assert (settings.stroke, settings.style_weight, settings.steps, settings.size) == (0.5, 5000, 77, 256)
    user.press(Qt.Key.Key_Z, CTRL)
    assert studio.setup.settings.stroke == 1


def test_settings_stand_side_by_side_and_go_into_one_picture(user, view, tmp_path) -> None:
    beside = view.beside
    view.tabs.setCurrentWidget(beside)
    assert not beside.run.isEnabled()
    QTest.mouseClick(beside.add, LEFT)
    assert not beside.run.isEnabled(), "one alone is beside nothing"
    write(view, "style_weight", "5")
    QTest.mouseClick(beside.add, LEFT)
    assert [one.name for one in beside.grid.shown] == ["Painting", "β 5"]
    beside.form.editor("size").entered.emit(24)
    beside.form.editor("steps").entered.emit(6)
    QTest.mouseClick(beside.run, LEFT)
    user.wait(lambda: not beside.series.missing and not beside.series.running, 60)
    much, little = (beside.series.results[place].costs for place in (0, 1))
    assert much.content > little.content
    assert much.style < little.style
    beside.export_png(str(tmp_path / "row.png"))
    assert QImage(str(tmp_path / "row.png")).size().toTuple() == (24 + 8 + 24, 18 + 40), "names in two lines"
    beside.row.menu().actions()[0].trigger()
    assert [one.name for one in beside.grid.shown] == ["β = 10", "β = 100", "β = 1,000", "β = 10,000"]
    assert not beside.add.isEnabled()
    beside.grid.setFocus()
    beside.grid.setCurrentRow(1)
    user.press(Qt.Key.Key_Delete)
    assert [one.name for one in beside.grid.shown] == ["β = 10", "β = 1,000", "β = 10,000"]
    beside.row.menu().actions()[2].trigger()
    assert [one.name for one in beside.grid.shown] == ["style up to relu0", "style up to relu1"]
    beside.row.menu().actions()[1].trigger()
    assert [one.name for one in beside.grid.shown] == ["content of relu0", "content of relu1"]
    QTest.mouseClick(beside.run, LEFT)
    user.wait(lambda: not beside.series.missing and not beside.series.running, 60)
    for place, node in enumerate(("relu0", "relu1")):
        (layer,) = beside.series.results[place].layers
        assert (layer.kind, layer.node) == ("content", node)
    beside.grid.setCurrentRow(1)
    QTest.keyClick(beside.grid, Qt.Key.Key_Return)
    assert [one.node for one in view.studio.layers("content")] == ["relu1"]
    assert view.studio.setup.settings.style_weight == 0


def made(user, view, size: str = "32", steps: str = "4"):
    """A picture that is done."""
    write(view, "size", size)
    write(view, "steps", steps)
    QTest.mouseClick(view.run.start, LEFT)
    user.wait(lambda: view.studio.state == "done" and view.studio.timeline.at_end, 60)
    return view.studio.timeline.moment


def test_a_saved_picture_is_loaded_and_gone_on_with(user, view, tmp_path, monkeypatch) -> None:
    studio, path = view.studio, str(tmp_path / "painted.png")
    studio.edit(studio.setup.toggled("style", ("relu2",), studio.tab.project))
    painted = (Stroke(((0.2, 0.5), (0.6, 0.5)), 0.4), Stroke(((0.4, 0.5),), 0.1, erase=True))
    studio.edit(studio.setup.with_style(0, replace(studio.setup.styles[0], strokes=painted)))
    moment = made(user, view)
    before = studio.setup
    monkeypatch.setattr("explorer.ui.studio.keeping.choose_destination", lambda *_: path)
    QTest.mouseClick(view.keeping.save, LEFT)
    user.wait(lambda: view.said.text() == "Written: painted.png")
    write(view, "style_weight", "3")
    view.layers.usual.click()
    studio.edit(replace(studio.setup, styles=()))
    studio.note = "The cost grew out of bounds."
    user.drop(view, path)
    user.wait(lambda: len(studio.timeline.branches) == 2)
    assert view.run.note.text() == "", "that was another picture"
    (style,) = studio.setup.styles
    shape = studio.picture(before.content).size
    assert (mask_pixels(style.strokes, *shape) == mask_pixels(painted, *shape)).all()
    assert replace(studio.setup, styles=(replace(style, strokes=painted),)) == before
    assert (studio.timeline.moment.picture == moment.picture).all()
    assert studio.timeline.moment.step == 4
    user.wait(lambda: view.run.pause.isEnabled())
    assert view.run.pause.text() == "Go on"
    QTest.mouseClick(view.run.pause, LEFT)
    user.wait(lambda: studio.state == "done" and step(view) == 8, 60)
    after = studio.timeline.moment
    studio.switch(0)
    studio.go_on()  # as if it had never been away
    user.wait(lambda: studio.state == "done" and step(view) == 8, 60)
    assert (studio.timeline.moment.picture == after.picture).all()


def test_what_is_lost_is_said(user, view, tmp_path) -> None:
    moment, studio = made(user, view), view.studio
    view.files.save(str(tmp_path / "far" / "painted.tif"), moment)
    user.wait(lambda: "painted.tif" in view.gallery.lane.problem.text())
    (tmp_path / "far").mkdir()
    view.files.save(str(tmp_path / "far" / "painted.tif"), moment)
    user.wait(lambda: view.said.text() == "Written: painted.tif")
    Settings().file.remove("style pictures")
    (tmp_path / "scream.png").unlink()
    view.files.load(str(tmp_path / "far" / "painted.tif"))
    user.wait(lambda: view.problem.text() != "")
    assert view.problem.text() == "Choose dog.png and scream.png again: not found beside the picture."
    assert view.run.words.text() == "Choose a content picture: what is to be seen."
    sheet = StyleSheet(Style(), content="../dog.png", styles=(("scream.png", 1.0),), model="Another", weights="ab")
    styled_files.write(tmp_path / "far" / "strange.png", moment.picture, sheet)
    view.files.load(str(tmp_path / "far" / "strange.png"))
    user.wait(lambda: "It was made with Another" in view.problem.text())
    assert view.problem.text().startswith("Choose ../dog.png and scream.png again"), "nothing is looked for elsewhere"
    view.files.load(str(tmp_path / "dog.png"))
    user.wait(lambda: "“dog.png” holds no settings of a style transfer" in view.problem.text())
    user.drop(view, str(tmp_path / "dog.png"))  # there is no content: it becomes that
    user.wait(lambda: studio.setup.content is not None)
    assert view.materials.content_name.text().startswith("dog.png")
    (tmp_path / "far" / "sub").mkdir()
    again = shutil.copy(tmp_path / "dog.png", tmp_path / "far" / "sub" / "as style.png")
    user.drop(view, again)
    user.wait(lambda: len(studio.setup.styles) == 1)
    user.wait(lambda: not studio.missing)


def test_what_is_kept_stands_in_the_gallery(user, view) -> None:
    studio = view.studio
    view.tabs.setCurrentWidget(view.gallery)
    user.wait(lambda: view.gallery.stack.currentWidget() is view.gallery.empty)
    view.tabs.setCurrentIndex(0)
    made(user, view)
    QTest.mouseClick(view.keeping.keep, LEFT)
    user.wait(lambda: view.said.text() == "Written: dog as scream 1.png")
    QTest.mouseClick(view.keeping.keep, LEFT)
    user.wait(lambda: view.said.text() == "Written: dog as scream 2.png")
    write(view, "style_weight", "3")
    view.tabs.setCurrentWidget(view.gallery)
    grid = view.gallery.grid
    user.wait(lambda: len(grid.shown) == 2 and all(one.image is not None for one in grid.shown))
    assert {one.name for one in grid.shown} == {"dog as scream 1", "dog as scream 2"}
    grid.setFocus()
    grid.setCurrentRow(0)
    user.press(Qt.Key.Key_Return)
    user.wait(lambda: view.tabs.currentIndex() == 0)
    assert studio.setup.settings.style_weight != 3
    view.tabs.setCurrentWidget(view.gallery)
    last = grid.shown[1].name
    assert view.gallery.back.isHidden()
    grid.setFocus()
    grid.setCurrentRow(1)
    user.press(Qt.Key.Key_Delete)
    user.wait(lambda: len(grid.shown) == 1)
    assert not Path(view.files.path(0)).with_stem(last).exists()
    before = studio.setup
    user.press(Qt.Key.Key_Z, CTRL)  # the gallery's, and not the studio's
    user.wait(lambda: len(grid.shown) == 2)
    assert studio.setup is before
    assert grid.shown[1].name == last, "where it was"
    at = grid.visualItemRect(grid.item(0)).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, grid.viewport().mapToGlobal(at))
    offered = []

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        offered.extend(bare(action) for action in menu.actions())
        menu.actions()[1].trigger()
        menu.close()

    QTimer.singleShot(0, choose)
    QApplication.sendEvent(grid.viewport(), event)
    assert offered == ["Copy picture", "Put into the waste basket"]
    user.wait(lambda: [one.name for one in grid.shown] == [last])
    QTest.mouseClick(view.gallery.back, LEFT)
    user.wait(lambda: len(grid.shown) == 2)
    assert view.gallery.back.isHidden()


def test_what_does_not_fit_is_refused_with_the_size_that_does(user, view) -> None:
    run, studio = view.run, view.studio
    user.wait(lambda: studio.forecast is not None, 60)
    assert studio.forecast.fits
    assert run.words.text() == studio.forecast.sentence
    assert run.start.isEnabled()
    assert not run.fit.isVisible()
    write(view, "size", "8192")
    user.wait(lambda: studio.forecast is not None and studio.forecast.size[0] == 8192, 60)
    if studio.forecast.fits:  # a machine with much memory: what a smaller one says of it
        studio.forecast = replace(studio.forecast, fits=False, largest=1000, sentence="It does not fit.")
        studio.changed.emit()
    assert not run.start.isEnabled()
    assert run.fit.isVisible()
    assert run.fit.text() == f"Take {studio.forecast.largest:,} px"
    largest = studio.forecast.largest
    QTest.mouseClick(run.fit, LEFT)
    assert studio.setup.settings.size == largest < 8192
    user.wait(lambda: studio.forecast is not None and studio.forecast.size[0] == largest, 60)
    assert run.start.isEnabled() == studio.forecast.fits  # others may have taken memory meanwhile
    user.press(Qt.Key.Key_Z, CTRL)
    assert studio.setup.settings.size == 8192


def test_the_gram_matrix_is_taken_apart(user, view, tmp_path) -> None:
    gram = view.gram
    view.tabs.setCurrentWidget(gram)
    if gram.gram.found is None:
        assert (gram.picture.currentText(), gram.words.text()) == ("scream.png", ""), "nothing is missing"
    user.wait(lambda: gram.gram.found is not None)
    assert [gram.layer.itemText(i) for i in range(gram.layer.count())] == ["relu0", "relu1"]
    assert gram.matrix.image.size().toTuple() == (6, 6)
    QTest.mouseClick(gram.matrix, LEFT, NONE, gram.matrix.on_widget(QRectF(4, 2, 1, 1)).center().toPoint())
    user.wait(lambda: gram.gram.found.pair == (2, 4))
    value = gram.gram.found.matrix[2, 4]
    assert gram.words.text().endswith(f"= {value:.5g}, with M = 32·32")
    assert (gram.first.value(), gram.second.value()) == (2, 4)
    gram.second.setFocus()
    user.press(Qt.Key.Key_Up)
    user.wait(lambda: gram.gram.found.pair == (2, 5))
    gram.layer.setCurrentIndex(1)
    gram.layer.activated.emit(1)
    user.wait(lambda: gram.gram.found.node == "relu1")
    assert gram.matrix.image.size().toTuple() == (8, 8)
    gram.picture.activated.emit(1)
    user.wait(lambda: gram.picture.currentText() == "dog.png" and gram.gram.found.matrix[2, 5] != value)
    gram.export_png(str(tmp_path / "gram.png"))
    assert QImage(str(tmp_path / "gram.png")).width() == 512
