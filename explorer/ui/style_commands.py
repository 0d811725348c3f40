"""The commands of the style studio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ui.commands import Command

if TYPE_CHECKING:
    from explorer.ui.window import Window


def style_commands(window: Window) -> list[Command]:
    """The studio, and which layers it compares."""
    session, pages = window.session, window.pages  # its studios are made when they are first asked for: after the paint

    def maps() -> bool:
        facts = session.document.facts
        return any(len(facts[id].shape or ()) == 3 for id in session.selection)

    def train() -> None:
        from explorer.ui import dialogs  # nobody waits for them when the program starts

        dialogs.train_style(window)

    return [
        Command(
            "Style", "Style studio…", pages.show_studio, "Ctrl+Shift+Y",
            help="Make a picture with the content of one and the style of others, and watch it grow",
        ),
        Command(
            "Style", "Train a style…", train,
            help="Teach a network to paint in it",
        ),
        Command("Style", ""),
        Command(
            "Style", "Use as style layer", lambda: pages.studios.toggle("style"), enabled=maps,
            checked=lambda: pages.studios.tells("style"),
            help="What the selected layers answer tells how it is painted",
        ),
        Command(
            "Style", "Use as content layer", lambda: pages.studios.toggle("content"), enabled=maps,
            checked=lambda: pages.studios.tells("content"), help="What the selected layers answer tells what is in it",
        ),
    ]  # fmt: skip
