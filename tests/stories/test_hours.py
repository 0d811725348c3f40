"""What is opened and closed all day long leaves nothing behind in the window."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from explorer.classics.blocks import IdentityBlock
from explorer.ui.studio.studio_view import StudioView
from explorer.workspace.style_studio import StyleStudio
from tests.stories.conftest import User

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
