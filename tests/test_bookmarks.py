"""Views one keeps and comes back to: by keys and menu, undone, named, saved with the project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QPushButton

from explorer.classics.catalogue import CLASSICS
from explorer.formats import project_json
from explorer.formats.project_file import read, write
from explorer.formats.strict_json import Fault
from explorer.network.annotations import Bookmark
from explorer.network.placing import placed
from explorer.network.project import Project
from explorer.ui import large_targets, theme
from explorer.ui.window import Window
from tests.test_small_window import WithIcons
from tests.window_side import idle_window

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = idle_window(qtbot)
    window.session.open_project(CLASSICS["vgg16"].project)
    qtbot.waitUntil(lambda: window.pages.shows_canvas)
    yield window
    window.close_now()
    theme.apply(qapp, "light")  # one of them asks for another


def menu(window: Window, path: str) -> list[str]:
    found = window.commands.menu(path)
    found.aboutToShow.emit()
    return [action.text().replace("&&", "&") for action in found.actions() if action.isEnabled() and action.text()]


def test_a_view_is_kept_and_found_again(window: Window) -> None:
    canvas, project = window.canvas, window.session.document
    ids = [node.id for node in project.project.network.order]
    canvas.frame(ids[5:7])
    seen, zoom = canvas.visible, canvas.zoom
    QTest.keyClick(canvas, Key.Key_3, CTRL | SHIFT)
    canvas.fit()
    QTest.keyClick(canvas, Key.Key_1, CTRL | SHIFT)
    assert project.project.bookmarks[1].name == "Everything"
    first, last = project.project.bookmarks[3].name.split(" – ")
    assert ids.index(first) <= 5 < 6 <= ids.index(last)
    QTest.keyClick(canvas, Key.Key_3, CTRL)
    assert canvas.zoom == zoom
    assert (canvas.visible.center() - seen.center()).manhattanLength() * zoom <= 2
    QTest.keyClick(canvas, Key.Key_1, CTRL)
    assert canvas.visible.contains(canvas.drawing.bounds())
    shown = menu(window, "View/Bookmarks")
    assert shown[:2] == ["View 1: Everything", f"View 3: {project.project.bookmarks[3].name}"]
    project.undo()
    assert 1 not in project.project.bookmarks
    before = canvas.visible
    QTest.keyClick(canvas, Key.Key_1, CTRL)
    assert canvas.visible == before, "nothing is kept there any more"
    QTest.keyClick(canvas, Key.Key_0, CTRL)
    assert canvas.zoom == 1


def test_a_view_gets_a_name_and_is_forgotten(
    window: Window, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = window.session.document
    QTest.keyClick(window.canvas, Key.Key_2, CTRL | SHIFT)

    icons = list[bool]()

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        icons.extend(not button.icon().isNull() for button in dialog.findChildren(QPushButton))
        field = dialog.findChild(QLineEdit)
        field.clear()
        QTest.keyClicks(field, "Stem & first stage")
        QTest.keyClick(field, Key.Key_Return)

    monkeypatch.setattr(large_targets, "LargeTargets", WithIcons)
    theme.apply(qapp, "projector")
    QTimer.singleShot(0, answer)
    naming = window.commands.menu("View/Bookmarks/Rename")
    naming.aboutToShow.emit()
    naming.actions()[0].trigger()
    assert icons == [False, False], "Qt's own are black on a dark window"
    assert project.project.bookmarks[2].name == "Stem & first stage"
    assert menu(window, "View/Bookmarks")[0] == "View 2: Stem & first stage"
    forgetting = window.commands.menu("View/Bookmarks/Forget")
    forgetting.aboutToShow.emit()
    forgetting.actions()[0].trigger()
    assert project.project.bookmarks == {}
    assert menu(window, "Edit")[0] == "Undo: Forget view 2"


def test_saved_with_the_project(tmp_path: Path) -> None:
    project = replace(
        placed(CLASSICS["lenet5"].project),
        bookmarks={2: Bookmark("b", (0.0, -5.5), 0.25), 1: Bookmark("a", (1.0, 2.0), 1.0)},
    )
    write(tmp_path / "a.cnnx", project)
    assert read(tmp_path / "a.cnnx") == project
    assert list(json.loads(project_json.dumped(project))["bookmarks"]) == ["1", "2"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "object"), ({"0": {}}, "not one from 1 to 9"), ({"1": {"name": "a"}}, "lacks “middle”"),
        ({"1": {"name": "a", "middle": [0, 0], "scale": 0}}, "out of reach"),
        ({"1": {"name": "a", "middle": [1e300, 0], "scale": 1}}, "out of reach"),
        ({"1": {"name": 3, "middle": [0, 0], "scale": 1}}, "text"),
    ],
)  # fmt: skip
def test_hostile_files(value: object, said: str) -> None:
    described = json.loads(project_json.dumped(Project()))
    with pytest.raises(Fault, match=said):
        project_json.loaded(json.dumps({**described, "bookmarks": value}).encode())
