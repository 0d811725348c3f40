"""Every command of the window in one table: its text, its keys, when it can be used, what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Command:
    """One thing the user can do. menu: "File" or "View/Theme"; keys as Qt writes them, "Ctrl+S".

    hint: keys that the focused canvas handles itself, only shown in the menu. checked: for what is on or off.
    A command with the text "" is a line between groups. fill: makes the entries of a menu of this name, when it opens.
    """

    menu: str
    text: str
    do: Callable[[], object] = _always
    keys: str = ""
    hint: str = ""
    help: str = ""
    enabled: Callable[[], bool] = _always
    checked: Callable[[], bool] | None = None
    fill: Callable[[QMenu], object] | None = None


class Commands(QObject):
    """The menus made from a table of commands; `refresh` shows what can be used now."""

    def __init__(self, window: QMainWindow, table: Iterable[Command]) -> None:
        super().__init__(window)
        self.window = window
        self.actions: list[tuple[Command, QAction]] = []
        self.menus: dict[str, QMenu] = {}
        for command in table:
            menu = self.menu(command.menu)
            if not command.text:
                menu.addSeparator()
                continue
            self.actions.append((command, self._action(menu, command)))
        self.refresh()

    def menu(self, path: str) -> QMenu:
        """The menu "File", or "View/Theme" inside it."""
        if path not in self.menus:
            above, _, title = path.rpartition("/")
            parent = self.menu(above) if above else self.window.menuBar()
            menu = parent.addMenu("&" + title)
            menu.aboutToShow.connect(self.refresh)
            self.menus[path] = menu
        return self.menus[path]

    def refresh(self, *_: object) -> None:
        """Enable, disable and check every action as things are now."""
        for command, action in self.actions:
            action.setEnabled(command.enabled())
            if command.checked is not None:
                action.setChecked(command.checked())

    def run(self, text: str) -> None:
        """Run the command with this text, as if chosen from its menu."""
        next(action for command, action in self.actions if command.text == text).trigger()

    def _action(self, menu: QMenu, command: Command) -> QAction:
        if command.fill is not None:
            inner, fill = self.menu(f"{command.menu}/{command.text}"), command.fill
            inner.aboutToShow.connect(lambda: fill(inner))
            return inner.menuAction()
        action = QAction(self.window)
        action.setText(command.text + (f"\t{command.hint}" if command.hint else ""))
        if command.keys:
            action.setShortcuts([QKeySequence(keys) for keys in command.keys.split(" or ")])
        if command.help:
            action.setStatusTip(command.help)
        action.setCheckable(command.checked is not None)
        action.triggered.connect(lambda _checked=False: command.do())
        # Not addAction, nor QAction(text): both have a form with an icon, and looking at it loads all of QIcon.
        menu.insertAction(None, action)  # type: ignore[arg-type]  # PySide's stubs forget None, the end
        return action
