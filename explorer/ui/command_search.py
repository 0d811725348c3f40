"""Running any command by typing a part of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from explorer.ui.commands import Command, Commands
from explorer.ui.controls.finder import Finder, Found
from explorer.ui.controls.matching import rank
from explorer.workspace.settings import Settings

LATELY = "commands"


class CommandFinder(Finder):
    """The box that finds and runs commands."""

    def __init__(self, host: QWidget, commands: Commands) -> None:
        super().__init__(host, "Type a part of what you want to do", "Commands", "No command is called")
        self._commands = commands

    def ask(self) -> None:
        """Open the box."""
        self.open(lambda query: rows(self._commands, query))


def rows(commands: Commands, query: str) -> list[Found]:
    """The commands that answer the query; what can be done now comes first, and of that what was done lately."""
    commands.refresh()
    lately = Settings().lately(LATELY)
    found: list[tuple[tuple[int, bool, int], Found]] = []
    for command, action in commands.actions:
        place = rank(query, command.text, f"{command.menu} {command.help}")
        if place is not None and command.fill is None:
            recent = lately.index(command.path) if command.path in lately else len(lately)
            found.append(((place, not action.isEnabled(), recent), _found(command, action)))
    return [row for _, row in sorted(found, key=lambda each: each[0])]


def _found(command: Command, action: QAction) -> Found:
    native = QKeySequence.SequenceFormat.NativeText
    keys = ", ".join(k.toString(native) for k in action.shortcuts()) or command.hint
    told = " — ".join(filter(None, (command.menu.replace("/", " › "), command.help)))
    on = "✓ " if action.isChecked() else ""
    aside = keys if action.isEnabled() else "not now"
    return Found(on + command.text, told, partial(_run, command, action), aside, action.isEnabled())


def _run(command: Command, action: QAction) -> None:
    if action.isEnabled():
        Settings().add_lately(LATELY, command.path)
        action.trigger()
