"""The menu of what is clicked on the canvas: of the window's commands those about it that can be used now."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from explorer.ui.commands import Commands
from explorer.ui.controls.menu_letters import Menu

LINE = ""
HANDS = ("Edit/Cut", "Edit/Copy", "Edit/Duplicate", "Edit/Delete", "Edit/Bypass", LINE)
MAKE = ("Edit/Take this end as the answer", "Edit/Group")
USES = (LINE, "View/Frame the selection", LINE, "Style/Use as style layer", "Style/Use as content layer")
ENTRIES = {
    "card": (*HANDS, *MAKE, *USES),
    "grouped": (*HANDS, *MAKE, "Edit/Ungroup", "Edit/Groups/Open or close", "Edit/Groups/Rename…", *USES),
    "link": ("Edit/Delete",),
    "ground": (
        "Edit/Add layer…", "Edit/Paste", "Edit/Select all", "Edit/Notes and arrows/Add note", LINE,
        "View/Fit everything", LINE, "Edit/Arrange automatically", "Edit/Direction/Arrange top to bottom",
        "Edit/Direction/Arrange left to right",
    ),
}  # fmt: skip
"""By what is clicked, the paths of commands: grouped is a group, or what lies in one."""


def canvas_menu(commands: Commands, about: str, at: QPoint) -> QMenu:
    """Show the menu of what was clicked, one of `ENTRIES` or the path of a menu, there on the screen."""
    if about not in ENTRIES:
        menu = commands.menu(about)
    else:
        menu = Menu(commands.window)
        menu.aboutToHide.connect(menu.deleteLater)
        commands.refresh()
        actions = {command.path: action for command, action in commands.actions}
        for path in ENTRIES[about]:
            if path == LINE:
                menu.addSeparator()
            elif actions[path].isEnabled():
                menu.addAction(actions[path])
    menu.popup(at)
    return menu
