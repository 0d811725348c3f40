"""S8 of docs/security.md: text out of files is read as it stands, on whatever surface; none of it is rendered.

A strange file's names may look like HTML, and Qt renders what looks like it: `<img>` would open any file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as QtOfTexts
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGraphicsView,
    QLabel,
    QPlainTextEdit,
    QTableView,
    QTextEdit,
    QToolTip,
    QTreeView,
    QWidget,
)

from explorer.classics.catalogue import CLASSICS
from explorer.maths.records import Guess, ModelCard, Picture, Place, Prediction
from explorer.network.annotations import Bookmark, Note
from explorer.network.network import Network
from explorer.network.project import Project
from explorer.ui.controls.asking import asked
from explorer.ui.window import Window
from explorer.workspace.settings import Settings
from tests.window_side import window_on

MARK = "<h1>m4rk</h1><img src='file:///dev/zero'>"
PAGES = ("start", "compare", "library", "data_set", "weights", "studio", "canvas")


def marked() -> Project:
    """LeNet-5 whose layers, classes, notes, views and title are called so."""
    lenet = CLASSICS["lenet5"].project
    called = {id: f"{id}{MARK}" for id in lenet.network.nodes}
    nodes = [
        replace(node, id=called[node.id], inputs=tuple(called[source] for source in node.inputs))
        for node in lenet.network.nodes.values()
    ]
    return Project(
        Network({node.id: node for node in nodes}),
        {called[id]: place for id, place in lenet.places.items() if id in called},
        recipe=replace(lenet.recipe, labels=tuple(f"{n}{MARK}" for n in range(10))),
        title=MARK, origin=MARK, annotations={"note1": Note((600, 0), (200, 60), text=MARK)},
        bookmarks={1: Bookmark(MARK, (0.0, 0.0), 1.0)},
    )  # fmt: skip


def is_markup(text: str) -> bool:
    """Whether Qt takes a text that is not said to be plain for HTML, and ours within it for tags of it."""
    return "<h1>m4rk" in text and QtOfTexts.mightBeRichText(text)


def seen(window: QWidget) -> Iterator[tuple[str, bool]]:
    """Each surface that our text is on, and whether it is rendered there."""
    for widget in window.findChildren(QWidget):
        name = f"{type(widget).__name__} {widget.accessibleName()}"
        if isinstance(widget, QLabel) and "m4rk" in widget.text():
            form = widget.textFormat()
            rich = form != Qt.TextFormat.PlainText and (form != Qt.TextFormat.AutoText or is_markup(widget.text()))
            yield name, rich and "<h1>m4rk" in widget.text()
        if "m4rk" in widget.toolTip():
            yield f"tooltip of {name}", is_markup(widget.toolTip())
        if "m4rk" in widget.whatsThis():
            yield f"What's This of {name}", is_markup(widget.whatsThis())
        if isinstance(widget, QTextEdit | QPlainTextEdit) and "m4rk" in widget.toPlainText():
            yield name, "<h1>m4rk" not in widget.toPlainText()
        if isinstance(widget, QAbstractItemView):
            yield from told_by(widget)
        if isinstance(widget, QGraphicsView) and widget.scene() is not None:
            for item in widget.scene().items():
                if "m4rk" in item.toolTip():
                    yield f"tooltip of {type(item).__name__}", is_markup(item.toolTip())


def told_by(view: QAbstractItemView) -> Iterator[tuple[str, bool]]:
    """Tooltips of rows, and widgets in their place are labels like others."""
    model = view.model()
    for row in range(min(model.rowCount() if model is not None else 0, 30)):
        for column in range(model.columnCount() if isinstance(view, QTableView | QTreeView) else 1):
            tip = model.index(row, column).data(Qt.ItemDataRole.ToolTipRole)
            if isinstance(tip, str) and "m4rk" in tip:
                yield f"tooltip of a row of {type(view).__name__}", is_markup(tip)


@pytest.fixture
def window(qtbot: Any) -> Iterator[Window]:
    Settings().file.clear()
    window = window_on(marked())
    yield window
    window.close_now()
    window.session.close()


def fill(window: Window) -> None:
    """Let everything that comes out of files and from other machines hold our text."""
    session = window.session
    window.settings.add_recent(f"/somewhere/{MARK}.cnnx")
    window.files.recent_changed.emit()
    card = ModelCard(MARK, MARK, MARK, 7, 9, MARK, MARK, MARK, "4" * 64, True)
    session.show_models((card, replace(card, name="other", installed=False, restriction=MARK, host=MARK)))
    picture = Picture(np.zeros((8, 8, 3), np.uint8), MARK, (8, 8), (MARK,))
    guesses = tuple(Guess(f"{n}{MARK}", n, 0.1) for n in range(5))
    session.show_frame(picture, Prediction(guesses, (next(iter(session.document.project.network.nodes)),)), ())
    session.keep_frame()
    for lane in ("model", "picture", "predict", "maps", "weights", "compare", "data set", "library", "style 1"):
        session.failed.emit(lane, MARK)
    window.picture.live.said.emit(MARK)


def test_nothing_out_of_files_is_rendered(window: Window, qtbot: Any) -> None:
    fill(window)
    found: set[tuple[str, bool]] = set()
    for id in list(window.session.document.project.network.nodes)[1:3]:
        window.session.select((id,))
        window.session.look_at(Place(id, 0))
        QTest.qWait(30)
        found |= set(seen(window))
    for dock in window.docks.values():
        dock.show()
        dock.raise_()
        QTest.qWait(1)
    for page in PAGES:
        getattr(window.pages, f"show_{page}")()
        fill(window)
        QTest.qWait(30)
        found |= set(seen(window))
    assert {surface for surface, rendered in found if rendered} == set()
    assert len(found) >= 12, sorted(found)


def test_nor_in_a_question(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtWidgets import QMessageBox

    found: set[tuple[str, bool]] = set()
    monkeypatch.setattr(QMessageBox, "exec", lambda box: found.update(seen(box)) or QMessageBox.StandardButton.Cancel)
    asked(window, MARK, MARK, MARK, QMessageBox.StandardButton.Cancel, {})
    assert found
    assert not any(rendered for _, rendered in found)


def test_what_is_rendered_is_seen(qtbot: Any) -> None:
    """The test of the test: Qt's own ways with text."""
    room = QWidget()
    qtbot.addWidget(room)
    QLabel(MARK, room)
    assert set(seen(room)) == {("QLabel ", True)}
    room.findChild(QLabel).setTextFormat(Qt.TextFormat.PlainText)
    assert set(seen(room)) == {("QLabel ", False)}
    room.findChild(QLabel).setToolTip(MARK)
    text = QTextEdit(room)
    text.setHtml(MARK)
    assert set(seen(room)) == {("QLabel ", False), ("tooltip of QLabel ", True), ("QTextEdit ", True)}
    QToolTip.hideText()
