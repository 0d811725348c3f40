"""The commands for what lies on the canvas beside the layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from explorer.network.annotations import BOOKMARKS, COLOURS
from explorer.network.direction import Direction
from explorer.ui.canvas.turning import ARRANGE
from explorer.ui.commands import Command, named

if TYPE_CHECKING:
    from explorer.ui.window import Window


def views(window: Window) -> list[Command]:
    """Going back to views that were kept."""
    menu, line, document = "View/Bookmarks", "", window.session.document

    def there(number: int) -> bool:
        return number in document.project.bookmarks

    def kept() -> bool:
        return bool(document.project.bookmarks)

    def called(number: int) -> str:
        return named(f"View {number}", document.project.bookmarks[number].name if there(number) else "")

    def go(number: int) -> None:
        window.build()
        window.canvas.bookmarks.go(number)

    def keep(number: int) -> None:
        window.canvas.bookmarks.keep(number)

    return [
        *(
            Command(
                menu, f"Go to view {number}", partial(go, number), f"Ctrl+{number}",
                enabled=partial(there, number), now=partial(called, number),
            )
            for number in BOOKMARKS
        ),
        Command(menu, line),
        *(
            Command(
                f"{menu}/Keep this view", f"As view {number}", partial(keep, number), f"Ctrl+Shift+{number}",
                enabled=lambda: window.pages.shows_canvas,
            )
            for number in BOOKMARKS
        ),
        Command(menu, "Rename", fill=lambda inner: window.canvas.bookmarks.fill_names(inner), enabled=kept),
        Command(menu, "Forget", fill=lambda inner: window.canvas.bookmarks.fill_forgetting(inner), enabled=kept),
    ]  # fmt: skip


def arranging(window: Window, anything: Callable[[], bool]) -> list[Command]:
    """Laying the network out; anything: whether there is one."""

    def runs(direction: Direction) -> bool:
        return anything() and window.session.document.project.direction is direction

    return [
        Command(
            "Edit", "Arrange automatically", lambda: window.canvas.arrange(), "Ctrl+L", enabled=anything,
            help="Lay all layers out anew; the links run as they do",
        ),
        *(
            Command(
                "Edit/Direction", text, partial(_arrange, window, direction), keys,
                enabled=anything, checked=partial(runs, direction), help=told,
            )
            for (direction, text), keys, told in zip(
                ARRANGE.items(), ("Ctrl+Alt+B", "Ctrl+Alt+R"),
                ("Lay all layers out anew, in columns, with links that run down",
                 "Lay all layers out anew, in rows, with links that run to the right"),
                strict=True,
            )
        ),
    ]  # fmt: skip


def _arrange(window: Window, direction: Direction) -> None:
    window.canvas.arrange(direction)


def notes(window: Window) -> list[Command]:
    """What can be done with notes and arrows on the canvas."""
    menu, line = "Edit/Notes and arrows", ""

    def chosen() -> bool:
        return window.pages.shows_canvas and bool(window.canvas.annotating.chosen)

    def coloured(name: str) -> bool:
        return chosen() and window.canvas.annotating.chosen_colour == name

    def add(what: str) -> None:
        window.build()
        getattr(window.canvas.annotating, f"add_{what}")()

    def colour(name: str) -> None:
        window.canvas.annotating.colour(name)

    return [
        Command(menu, "Add note", partial(add, "note"), hint="N", help="A text on the canvas, beside the layers"),
        Command(menu, "Add arrow", partial(add, "arrow"), hint="A", help="Its ends are dragged to where they belong"),
        Command(
            menu, "Choose the next note or arrow", lambda: window.canvas.annotating.choose_next(), hint="Shift+N",
            enabled=lambda: bool(window.session.document.project.annotations),
        ),
        Command(menu, line),
        Command(menu, "Write note", lambda: window.canvas.annotating.write(), hint="Enter", enabled=chosen),
        Command(menu, "Larger letters", lambda: window.canvas.annotating.resize_text(1), enabled=chosen),
        Command(menu, "Smaller letters", lambda: window.canvas.annotating.resize_text(-1), enabled=chosen),
        *(
            Command(
                f"{menu}/Colour", name.capitalize(), partial(colour, name),
                enabled=chosen, checked=partial(coloured, name),
            )
            for name in COLOURS
        ),
        Command(menu, "Delete note or arrow", lambda: window.canvas.delete(), hint="Del", enabled=chosen),
    ]  # fmt: skip
