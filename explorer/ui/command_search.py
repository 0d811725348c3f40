"""Running any command, or going anywhere, by typing a part of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from explorer.ui.commands import Command
from explorer.ui.controls.finder import Finder, Found
from explorer.ui.controls.matching import LETTERS, rank_called
from explorer.ui.controls.menu_letters import bare
from explorer.ui.elsewhere import Elsewhere, elsewhere
from explorer.ui.other_words import OTHER_WORDS
from explorer.workspace.settings import Settings

if TYPE_CHECKING:
    from explorer.ui.window import Window

LATELY = "commands"
PANELS = "View/Panels"
"""The menu that opens panels, and puts them away."""
SIZE = QSize(560, 404)

Row = tuple[tuple[int, bool, int], Found]


class CommandFinder(Finder):
    """The box that finds and runs commands, and leads to labs, networks and chapters."""

    most = SIZE

    def __init__(self, window: Window) -> None:
        super().__init__(window.pages, "Type what you want to do", "Commands", "Nothing is called")
        self._owner = window
        self._places: tuple[Elsewhere, ...] = ()

    def ask(self) -> None:
        """Open the box."""
        self._places = ()  # there may be others now
        self.open(self._answer)

    def _answer(self, query: str) -> list[Found]:
        if query and not self._places:
            self._places = tuple(elsewhere(self._owner))
        return rows(self._owner, query, self._places)


def rows(window: Window, query: str, places: Iterable[Elsewhere] = ()) -> list[Found]:
    """What answers the query, of the commands and of `places`.

    Of what answers it equally well, commands come before places, what can be done now before what cannot, and then
    what was done lately.
    """
    commands, lately = window.commands, Settings().lately(LATELY)
    commands.refresh()
    found: list[Row] = []
    for command, action in commands.actions:
        above = command.menu.replace("/", " ")
        place = rank_called(query, command.text, OTHER_WORDS.get(command.path, ""), f"{above} {command.help}")
        if place is not None:
            recent = lately.index(command.path) if command.path in lately else len(lately)
            found.append(((place if query else 0, not action.isEnabled(), recent), _found(window, command, action)))
    if query.strip():
        found += _leading(places, query)
    return [row for _, row in sorted(found, key=lambda each: each[0])]


def _leading(places: Iterable[Elsewhere], query: str) -> list[Row]:
    found: list[Row] = []
    for at in places:
        place = rank_called(query, at.title, at.others, f"{at.words} {at.apart}")
        if place is not None and place < LETTERS:
            found.append(((place, True, 0), Found(at.title + at.apart, at.told, at.go)))
    return found


def _found(window: Window, command: Command, action: QAction) -> Found:
    native = QKeySequence.SequenceFormat.NativeText
    keys = ", ".join(k.toString(native) for k in action.shortcuts()) or command.hint
    told = " — ".join(filter(None, (command.menu.replace("/", " › "), command.help)))
    on = "✓ " if action.isChecked() and command.menu != PANELS else ""  # a panel comes to the front, whatever it was
    aside = (keys if command.fill is None else "▸") if action.isEnabled() else "not now"
    now = bare(action)
    text = now if now.startswith(command.text) else command.text  # “Undo: Add conv1”
    return Found(on + text, told, partial(_run, window, command, action), aside, action.isEnabled())


def _run(window: Window, command: Command, action: QAction) -> None:
    if not action.isEnabled():
        return
    Settings().add_lately(LATELY, command.path)
    menu = action.menu()
    if command.menu == PANELS and command.text in window.docks:
        window.docks.bring(command.text)  # who types its name wants it, also where it is in front, unnoticed
    elif command.fill is not None and isinstance(menu, QMenu):
        menu.popup(window.command_finder.mapToGlobal(QPoint(0, 0)))
    else:
        action.trigger()
