"""Open networks are closed by their tabs: by the button, the middle one of the mouse, and the menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from explorer.ui.controls.menu_letters import Menu
from explorer.ui.files import Files
from explorer.ui.tabs import Tabs
from explorer.workspace.tab import Tab


def close_by_tabs(tabs: Tabs, files: Files) -> None:
    """Have the tabs close what they stand for."""
    tabs.close_requested.connect(files.close)
    tabs.menu_requested.connect(partial(tab_menu, files))


def tab_menu(files: Files, tab: Tab, at: QPoint) -> QMenu:
    """Show the menu about one of the open networks, there on the screen."""
    menu = Menu(files.window)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.addAction("Close", lambda: files.close(tab))
    menu.addAction("Close the others", lambda: close_others(files, tab))
    menu.popup(at)
    return menu


def close_others(files: Files, tab: Tab) -> None:
    """Close one network after the other till this one is left; where one is not given up, it and the rest stay."""
    other = next((each for each in files.session.document.tabs if each is not tab), None)
    if other is None:
        files.session.show_tab(tab)
    else:
        files.close(other, lambda: close_others(files, tab))
