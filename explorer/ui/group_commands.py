"""The commands for groups of layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from explorer.ui.commands import Command

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from explorer.ui.window import Window


def group_commands(window: Window, chosen: Callable[[], bool]) -> list[Command]:
    """Making, opening and closing groups, in the menu Edit; chosen: whether a layer is selected."""

    def grouped() -> bool:
        return bool(window.session.document.project.groups)

    def levels(menu: QMenu) -> None:
        menu.clear()
        for level in range(1, window.canvas.levels):
            action = menu.addAction(f"Level {level}")
            action.triggered.connect(partial(_fold, window, level))

    def homes(menu: QMenu) -> None:
        menu.clear()
        groups = window.session.document.project.groups
        for id, group in groups.groups.items():
            action = menu.addAction("    " * (groups.depth(id) - 1) + group.name.replace("&", "&&"))
            action.triggered.connect(partial(_put_into, window, id))

    return [
        Command(
            "Edit", "Group", lambda: window.canvas.make_group(), "Ctrl+G", enabled=chosen,
            help="Make one group of the selected layers, and name it",
        ),
        Command(
            "Edit", "Ungroup", lambda: window.canvas.ungroup(), "Ctrl+Shift+G", enabled=chosen,
            help="Take the selected group apart; its layers stay",
        ),
        Command(
            "Edit/Groups", "Open or close", lambda: window.canvas.fold_selected(), hint="O", enabled=chosen,
            help="Show the selected group as one card, or all that is in it",
        ),
        Command("Edit/Groups", "Rename…", lambda: window.canvas.rename_group(), hint="F2", enabled=chosen),
        Command("Edit/Groups", "Put into", fill=homes, enabled=lambda: chosen() and grouped()),
        Command(
            "Edit/Groups", "Take out", lambda: window.canvas.take_out(), enabled=lambda: chosen() and grouped(),
            help="Put the selected layers or groups beside the group that they lie in",
        ),
        Command(
            "Edit/Groups", "Open all", lambda: window.canvas.fold_to(window.canvas.levels), "Ctrl+Alt+O",
            enabled=grouped, help="Show every layer, and lay all out anew",
        ),
        Command(
            "Edit/Groups", "Close all", lambda: window.canvas.fold_to(0), "Ctrl+Alt+C", enabled=grouped,
            help="Show the outermost groups as cards, and lay all out anew",
        ),
        Command("Edit/Groups", "Open to level", fill=levels, enabled=lambda: grouped() and window.canvas.levels > 1),
        Command(
            "Edit/Groups", "Put equal groups together", lambda: window.canvas.fold_repeats(), enabled=grouped,
            help="Show equal groups that follow each other as one card, ×N",
        ),
    ]  # fmt: skip


def _fold(window: Window, level: int, _checked: bool = False) -> None:
    window.canvas.fold_to(level)


def _put_into(window: Window, home: str, _checked: bool = False) -> None:
    if home in window.session.document.project.groups.groups:
        window.canvas.put_into(home)
