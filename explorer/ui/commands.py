"""Every command of the window in one table: its text, its keys, when it can be used, what it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from explorer.maths.sentences import Refusal, shortened
from explorer.maths.values import dataclass
from explorer.ui.controls.menu_letters import Menu, give_letters
from explorer.workspace.own_turn import soon

OR = " or "
"""Between the keys of a command that has several."""


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Command:
    """One thing the user can do. menu: "File" or "View/Theme"; keys as Qt writes them, "Ctrl+S".

    now: what the menu says instead of `text`, where that depends on how things are.
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
    now: Callable[[], str] | None = None

    @property
    def path(self) -> str:
        """Where it is in the menus, which is its name: "View/Theme/Dark"."""
        return f"{self.menu}/{self.text}"


def named(what: str, name: str) -> str:
    """A command's text with the name of what it is about, where there is one."""
    return f"{what}: {shortened(name, 60)}" if name else what


class KeysRefused(Refusal):
    """These keys cannot be a command's."""


class Commands(QObject):
    """The menus made from a table of commands; `refresh` shows what can be used now.

    The bar's menus are there at once, what is in them when it is first asked for: right after the window is painted.
    chosen: by paths, keys that the user chose instead of the table's; see `Command.keys`.
    """

    def __init__(self, window: QMainWindow, table: Iterable[Command], chosen: Mapping[str, str]) -> None:
        super().__init__(window)
        self.window, self._table, self._chosen = window, tuple(table), chosen
        self.menus: dict[str, QMenu] = {}
        self._stale = False
        for command in self._table:
            self.menu(command.menu.partition("/")[0])
        give_letters(window.menuBar())

    @property
    def actions(self) -> list[tuple[Command, QAction]]:
        """Every command with its action as things are now, in the order of the menus, which are filled by this."""
        self.settle()
        return self._actions

    @cached_property
    def _actions(self) -> list[tuple[Command, QAction]]:
        actions = []
        for command in self._table:
            menu = self.menu(command.menu)
            if command.text:
                actions.append((command, self._action(menu, command)))
            else:
                menu.addSeparator()
        return actions

    def menu(self, path: str) -> QMenu:
        """The menu "File", or "View/Theme" inside it."""
        if path not in self.menus:
            above, _, title = path.rpartition("/")
            parent = self.menu(above) if above else self.window.menuBar()
            menu = self.menus[path] = Menu(title, self.window)
            parent.addMenu(menu)
            menu.aboutToShow.connect(self.refresh)
        return self.menus[path]

    def follow(self, *changes: SignalInstance) -> None:
        """Refresh soon after each of these."""
        for change in changes:
            change.connect(self.refresh_soon)

    def refresh_soon(self, *_: object) -> None:
        """Refresh in a turn of the event loop of its own, once for all that changes till then: a network that opens
        tells it five times. Who asks for a command, a menu or a key before that has it at once; see `settle`."""
        if not self._stale:
            self._stale = True
            soon(self, self.settle)

    def settle(self) -> None:
        """Refresh now, where that waits for its turn."""
        if self._stale:
            self.refresh()

    def refresh(self, *_: object) -> None:
        """Enable, disable and check every action as things are now."""
        self._stale = False
        for command, action in self._actions:
            action.setEnabled(command.enabled())
            if command.checked is not None:
                action.setChecked(command.checked())
            if command.now is not None:
                action.setText(command.now().replace("&", "&&"))

    def run(self, text: str) -> None:
        """Run the command with this text, as if chosen from its menu."""
        next(action for command, action in self.actions if command.text == text).trigger()

    def keys(self, command: Command) -> str:
        """The keys a command has now, as Qt writes them."""
        return OR.join(keys.toString() for keys in self._action_of(command).shortcuts())

    def set_keys(self, command: Command, keys: str) -> None:
        """Let a command have these keys, "" for none. Raises KeysRefused with a sentence."""
        sequences = _sequences(keys)
        for sequence in sequences:
            _check(sequence)
            for other, action in self.actions:
                if other is not command and sequence in (*action.shortcuts(), *_sequences(other.hint)):
                    raise KeysRefused(f"{sequence.toString()} is for “{other.text}” already: choose other keys.")
        self._action_of(command).setShortcuts(sequences)

    def _action_of(self, command: Command) -> QAction:
        return next(action for other, action in self.actions if other is command)

    def _action(self, menu: QMenu, command: Command) -> QAction:
        if command.fill is not None:
            inner, fill = self.menu(f"{command.menu}/{command.text}"), command.fill
            inner.aboutToShow.connect(lambda: fill(inner))
            return inner.menuAction()
        action = QAction(self.window)
        action.setText(command.text + (f"\t{command.hint}" if command.hint else ""))
        if keys := self._chosen.get(command.path, command.keys):
            others = {keys for path, keys in self._chosen.items() if path != command.path}
            action.setShortcuts([each for each in _sequences(keys) if each.toString() not in others])
        action.setWhatsThis(f"{command.text}\n{command.help}".strip())
        if command.help:
            action.setStatusTip(command.help)
        action.setCheckable(command.checked is not None)
        action.triggered.connect(lambda _checked=False: command.do())
        # Not addAction, nor QAction(text): both have a form with an icon, and looking at it loads all of QIcon.
        menu.insertAction(None, action)  # type: ignore[arg-type]  # PySide's stubs forget None, the end
        return action


def _sequences(keys: str) -> list[QKeySequence]:
    return [QKeySequence(each) for each in keys.split(OR) if each]


def _check(keys: QKeySequence) -> None:
    """Refuse what one types into fields: the window would take it from them."""
    *held, key = keys.toString().replace("++", "+Plus").split("+")
    if not {"Ctrl", "Alt", "Meta"} & set(held) and not re.fullmatch(r"F\d+", key):
        raise KeysRefused(f"{keys.toString()} alone is typed into fields: hold Ctrl or Alt with it.")
