"""The window for those who cannot see it, or use no mouse: every node, control and command says what it is."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QToolTip,
    QWidget,
)

from explorer.classics.catalogue import CLASSICS
from explorer.engine.questions import Pixels
from explorer.network.annotations import Arrow, Note
from explorer.network.grouping import arrived
from explorer.ui.canvas.spoken import SpokenCanvas
from explorer.ui.hints import hint
from explorer.ui.notices import Notices
from explorer.ui.panels.labs_page import LABS
from explorer.workspace.style_setup import ChosenPicture
from tests.stories.conftest import User

NAME, SAID = QAccessible.Text.Name, QAccessible.Text.Description
CONTROLS = QAbstractButton, QLineEdit, QAbstractSpinBox, QComboBox, QAbstractSlider, QAbstractItemView
PAGES = ("start", "gallery", "library", "guide", "facts", "compare", "data_set", "weights", "canvas")


def walked(root: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """The interface and all below it."""
    yield root
    for index in range(root.childCount()):
        child = root.child(index)
        if child is not None:
            assert child.parent() is not None
            yield from walked(child)


def opened(user: User, name: str) -> None:
    user.session.open_project(CLASSICS[name].project)
    QApplication.processEvents()


def everything(user: User) -> list[QWidget]:
    """All controls of the window, with every page and panel made."""
    window = user.window
    user.wait(lambda: bool(user.session.models), 60)  # buttons of the library are called after what is chosen there
    opened(user, "lenet5")
    for title in list(window.docks):
        window.docks.bring(title)
        window.docks.turns.finish(title)
        QApplication.processEvents()
    for page in PAGES:
        getattr(window.pages, f"show_{page}")()
    _ = window.pages.studio.view
    window.pages.show_keys(window.commands)
    QApplication.processEvents()
    return controls_of(window)


def controls_of(root: QWidget) -> list[QWidget]:
    """What can be pressed, typed into or walked to."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if (isinstance(widget, CONTROLS) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus) and ours(widget)
    ]


def ours(widget: QWidget) -> bool:
    """Whether it is a control of ours, and no part that Qt makes of one."""
    parent = widget.parentWidget()
    inner = isinstance(parent, QLineEdit | QAbstractSpinBox | QComboBox) or isinstance(widget, QHeaderView | QScrollBar)
    inner = inner or (isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget)
    inner = inner or (parent is not None and parent.inherits("QComboBoxPrivateContainer"))
    around = parent.parentWidget() if parent is not None else None
    empty = isinstance(around, Notices) and around.isHidden()
    empty = empty or (isinstance(widget, QTabBar) and not widget.count())  # of panels that stepped aside
    return not inner and not empty and not widget.isHidden() and not widget.objectName().startswith("qt_")


def placed(widget: QWidget | None) -> str:
    """Where to look for it."""
    kinds = []
    while widget is not None:
        kinds.append(type(widget).__name__)
        widget = widget.parentWidget()
    return " in ".join(kinds[:4])


def test_the_canvas_reads_every_node(user: User) -> None:
    opened(user, "resnet18")
    root = QAccessible.queryAccessibleInterface(user.window)
    (canvas,) = (found for found in walked(root) if isinstance(found, SpokenCanvas))
    assert canvas.text(NAME) == "Network"
    nodes, facts = user.project.network.nodes, user.document.facts
    said = [canvas.child(i).text(NAME) for i in range(len(nodes))]
    for node, sentence in zip(user.project.network.branches, said, strict=True):
        assert sentence.startswith(f"{node.layer.kind} {node.id}, output ")
        assert f"{facts[node.id].parameters:,} parameters" in sentence
    second = canvas.child(1)
    assert second.text(SAID) == f"fed by {user.project.network.branches[0].id}"
    assert canvas.indexOfChild(second) == 1
    user.window.canvas.frame((user.project.network.branches[1].id,))
    middle = second.rect().center()
    assert canvas.childAt(middle.x(), middle.y()).text(NAME) == second.text(NAME)


def test_the_canvas_reads_groups_notes_and_arrows(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    user.session.open_project(arrived(CLASSICS["resnet50"].project))
    QApplication.processEvents()
    note, drawn = Note((400.0, 0.0), (160.0, 48.0), "blue", "The stem"), user.window.canvas.drawing
    arrow = Arrow((400.0, 100.0), (-80.0, 0.0))
    user.document.edit("Notes", replace(drawn.project, annotations={"note1": note, "input": arrow}))
    canvas = QAccessible.queryAccessibleInterface(user.window.canvas)
    count = len(drawn.nodes) + len(drawn.frames.areas) + 2
    said = [canvas.child(i).text(NAME) for i in range(count)]
    assert all(said)
    assert len(set(said)) == count
    names = {group.name for group in user.project.groups.groups.values()}
    told = [sentence for sentence in said if sentence.startswith("Group ")]
    assert any("layer1," in sentence or "layer1 " in sentence for sentence in told), told[:3]
    assert len(told) == len(drawn.frames.areas) + len(drawn.folding.groups.closed) <= len(names)
    assert said[-2:] == ["blue note: The stem", "orange arrow that points left"]
    for index in range(count):
        entry = canvas.child(index)
        assert canvas.indexOfChild(entry) == index
        assert entry.rect().isValid()
    inside = next(i for i in range(count) if "fed by layer1.0" in canvas.child(i).text(SAID))
    assert "layer1.1" in said[inside], "groups are called by their names"
    events = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", events.append)
    user.window.canvas.setFocus()
    for _ in range(8):
        user.press(Qt.Key.Key_Down)
    assert events, "walking over closed groups is heard"
    closed = canvas.child(inside)
    user.window.canvas.fold_to(0)
    assert not closed.isValid()
    assert closed.text(NAME) == ""


def test_a_node_that_is_gone_is_not_read(user: User) -> None:
    opened(user, "lenet5")
    canvas = QAccessible.queryAccessibleInterface(user.window.canvas)
    last = canvas.child(len(user.project.network.nodes) - 1)
    count = canvas.childCount()
    user.session.select((user.project.network.branches[-1].id,))
    user.window.canvas.delete()
    assert not last.isValid()
    assert last.text(NAME) == ""
    assert canvas.childCount() == count - 1
    gc.collect()
    user.document.undo()
    assert last.isValid()
    user.session.select(("conv1",))
    user.window.canvas.add_layer("Linear")
    sentences = [canvas.child(i).text(NAME) for i in range(len(user.project.network.nodes))]
    assert any("needs" in sentence for sentence in sentences)


def test_every_control_has_a_name_and_says_what_it_is_for(user: User) -> None:
    controls = everything(user)
    assert len(controls) > 100
    check(controls)


def test_every_control_of_the_labs_too(user: User) -> None:
    user.window.pages.show_labs()
    page = user.window.pages.labs
    for title in LABS:
        page.show_lab(title)
        QApplication.processEvents()
        controls = controls_of(page)
        assert len(controls) > 3
        check(controls)


def test_every_control_of_the_style_studio_too(user: User) -> None:
    user.window.pages.show_studio()
    page = user.window.pages.studio
    page.view.studio.take_style(ChosenPicture(Pixels(np.zeros((8, 8, 3), np.uint8)), "black"))
    user.session.open_project(CLASSICS["alexnet"].project)
    page.studios.studio.take_style(ChosenPicture(Pixels(np.zeros((8, 8, 3), np.uint8)), "black"))
    page.view.tabs.setCurrentIndex(page.view.tabs.count() - 1)
    QApplication.processEvents()
    controls = controls_of(page)
    assert len(controls) > 40
    check(controls)


def check(controls: list[QWidget]) -> None:
    unnamed = [placed(w) for w in controls if not QAccessible.queryAccessibleInterface(w).text(NAME).strip()]
    assert not unnamed
    silent = {(placed(w), w.accessibleName() or getattr(w, "text", str)()) for w in controls if not hint(w)}
    assert not silent, "\n".join(name for _, name in sorted(silent))
    tips = {tip for w in controls for tip in (w.toolTip(), hint(w))}
    assert not [tip for tip in tips if tip.endswith(".") and ". " not in tip], "one sentence alone has no full stop"


def test_every_command_says_what_it_does(user: User) -> None:
    for command, action in user.window.commands.actions:
        assert command.text in action.whatsThis() or command.fill is not None
        assert command.fill is not None or action.toolTip()


@pytest.mark.parametrize("kind", [QEvent.Type.ToolTip, QEvent.Type.QueryWhatsThis, QEvent.Type.WhatsThis])
def test_questions_about_controls_are_answered(user: User, kind: QEvent.Type) -> None:
    window = user.window
    window.pages.show_gallery()
    QApplication.processEvents()
    search = next(w for w in window.pages.gallery.findChildren(QLineEdit))
    at = search.mapTo(window, QPoint(5, 5))
    event = QHelpEvent(kind, at, window.mapToGlobal(at))
    assert QApplication.sendEvent(window, event)
    if kind == QEvent.Type.ToolTip:
        assert "part of a name" in QToolTip.text()
        QToolTip.hideText()


def test_the_keys_alone_lead_from_the_empty_window_into_a_trained_network(user: User) -> None:
    window, key = user.window, Qt.Key
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    user.wait(lambda: bool(user.session.models), 60)
    user.press(key.Key_O, control_shift)
    user.type("lenet5")
    user.press(key.Key_Return)
    user.wait(lambda: "conv1" in user.project.network.nodes, 60)
    assert user.project.weights
    user.press(key.Key_P, control_shift)
    user.type("sample cat")
    user.press(key.Key_Return)
    user.wait(lambda: user.session.prediction is not None, 60)
    assert not user.session.prediction.untrained
    assert user.focus is window.canvas
    user.press(key.Key_Down)  # the first node, and the one it feeds
    user.press(key.Key_Down)
    user.wait(lambda: user.session.maps is not None and user.session.maps.node == user.session.selection[-1], 60)
    assert user.session.maps.values.ndim == 3
    assert user.session.selection[-1] in window.canvas.accessibleDescription()
