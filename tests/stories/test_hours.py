"""What is opened and closed all day long leaves nothing behind in the window."""

from __future__ import annotations

import gc
import platform
import sys
import weakref
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from explorer.classics.blocks import IdentityBlock
from explorer.engine.memory import used_and_kept
from explorer.ui.studio.studio_view import StudioView
from explorer.workspace.style_studio import StyleStudio
from tests.idle_side import IdleWorker
from tests.settled import settled
from tests.stories.conftest import User, with_worker

ROUNDS = 3


def let_go() -> None:
    """What waits to be deleted is, as when control comes back to the event loop."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def left(user: User, act: Callable[[], None]) -> list[int]:
    """How many dialogs and menus the window has after it was done once more, twice and three times: some are made
    when they are first asked for, and stay."""
    counts = []
    for _ in range(1 + ROUNDS):
        act()
        let_go()
        counts.append(sum(len(user.window.findChildren(kind)) for kind in (QDialog, QMenu)))
    return counts[1:]


def closed_with_escape(user: User) -> None:
    (dialog,) = (one for one in user.window.findChildren(QDialog) if one.isVisible())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("command", ["Figure…", "Open own code…", "About CNN Explorer"])
def test_dialogs(user: User, command: str) -> None:
    user.session.open_network("lenet5", "LeNet-5")

    def act() -> None:
        user.window.commands.run(command)
        closed_with_escape(user)

    assert len(set(left(user, act))) == 1


def test_the_dialog_of_a_block(user: User) -> None:
    user.session.open_network("lenet5", "LeNet-5")
    user.click_node("conv2")

    def act() -> None:
        user.window.pages.ask_block(IdentityBlock)
        closed_with_escape(user)

    assert len(set(left(user, act))) == 1


def test_menus_of_a_right_click(user: User) -> None:
    user.session.open_network("lenet5", "LeNet-5")
    user.click_node("conv1")
    asked = [one for one in user.window.findChildren(QWidget) if "contextMenuEvent" in vars(type(one))]
    assert len(asked) >= 7
    shown = Counter[str]()

    def close_menu(widget: QWidget) -> None:
        if (menu := QApplication.activePopupWidget()) is not None:
            shown[type(widget).__name__] += 1
            menu.close()

    def act() -> None:
        place = QPoint(5, 5)
        for widget in asked:
            QTimer.singleShot(0, partial(close_menu, widget))
            event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
            QApplication.sendEvent(widget, event)

    assert len(set(left(user, act))) == 1
    assert len(shown) >= 7
    assert min(shown.values()) >= ROUNDS


def test_a_studio_goes_with_its_network(user: User) -> None:
    gone = []
    for _ in range(2):
        user.session.open_network("lenet5", "LeNet-5")
        user.window.commands.run("Style studio…")
        user.wait(lambda: user.window.findChildren(StudioView))
        view = user.window.findChildren(StudioView)[-1]
        gone += [weakref.ref(view), weakref.ref(view.studio)]
        assert isinstance(view.studio, StyleStudio)
        del view
        user.window.pages.show_canvas()
        user.session.close_tab(user.document.tab)
        let_go()
    gc.collect()
    assert [one() for one in gone[:2]] == [None, None]


class Deaf(IdleWorker):
    """Nothing waits for it to answer or to stop."""

    def ask(self, *_: object) -> None: ...


@pytest.fixture
def alone(qtbot, qapp) -> Iterator[User]:
    yield from with_worker(Deaf(), qtbot, qapp)


@pytest.mark.no_qt_log  # the plug-in keeps what Qt says each time a window asks for its size
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another system does not say what is in use")
def test_a_day_in_small(alone: User) -> None:
    """M4: networks opened, looked at, edited, undone and closed leave nothing in use: of Python's blocks fewer than
    two a round, and of what malloc has lent out 4 kB at most, which it may keep for the next of the same size."""
    session, document = alone.session, alone.document

    def round() -> tuple[int, int]:
        session.open_network("lenet5", "LeNet-5")
        session.paste_picture(np.full((64, 64, 3), 200, np.uint8), "pasted")
        for id in document.project.network.nodes:
            session.select((id,))
            settled(session)
        for stride in (2, 1, 2):
            network = document.project.network.with_settings("conv1", stride=stride)
            document.edit("Change", document.project.rewired(network))
        for _ in range(3):
            document.undo()
        settled(session)
        session.close_tab(document.tab)
        let_go()
        QTest.qWait(120)  # what follows soon does
        gc.collect()
        sys._clear_type_cache()  # it keeps up to 4,096 names
        return sys.getallocatedblocks(), used_and_kept()[0]

    for _ in range(ROUNDS):  # what is imported, drawn and worked out once, and kept
        round()
    blocks, used = array("q"), array("q")  # objects of their own would be counted
    for _ in range(8):
        of_python, lent = round()
        blocks.append(of_python)
        used.append(lent)
    # the middle: now and then a module is imported ahead, or a picture of the minimap is kept
    assert np.median(np.diff(blocks)) < 2
    assert np.median(np.diff(used)) < 4_000
