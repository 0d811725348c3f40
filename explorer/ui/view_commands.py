"""The commands of the View menu: where one looks, what is shown, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from explorer.ui.canvas_commands import views
from explorer.ui.commands import Command, Commands

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from explorer.ui.window import Window


CONVENTIONS = (
    ("Letters in formulas", "letters", (
        ("The course's: n, p, f, s, n_C", "course"),
        ("torch's: H, P, K, S, C", "torch"))),
    ("Count parameters", "counting", (
        ("As torch: what is trained", "torch"),
        ("As Keras: moving means and variances too", "keras"))),
    ("Count work", "work", (
        ("In MACs: a multiplication and an addition are one", "MAC"),
        ("In FLOPs: they are two", "FLOP"))),
    ("Write sizes", "order", (
        ("Channels × height × width", "CHW"),
        ("Height × width × channels", "HWC"))),
)  # fmt: skip
"""Menus of `explorer.network.conventions`: title, name, and the choices with their values."""

COLOURS = (
    ("Family", ""), ("Parameters", "parameters"), ("MACs or FLOPs", "MACs"), ("Memory", "memory"),
    ("Receptive field", "receptive field"),
)  # fmt: skip
"""What the cards' colours mean, and the measure's name in the settings."""


def fill_ways(menu: QMenu, commands: Commands) -> None:
    """Offer the conventions in another menu, too."""
    for title, *_ in CONVENTIONS:
        menu.insertMenu(None, commands.menu(f"View/{title}"))  # type: ignore[arg-type]


def view_commands(window: Window, anything: Callable[[], bool], chosen: Callable[[], bool]) -> list[Command]:
    """In the order of the menu. anything, chosen: whether there are layers, and whether some are selected."""
    files, session = window.files, window.session

    def seen() -> bool:
        """Whether what a command does to the view of the network would be seen."""
        return window.pages.shows_canvas and anything()

    def adopt(name: str, value: str) -> None:
        session.set_conventions(replace(session.conventions, **{name: value}))  # type: ignore[arg-type]

    line = ""
    return [
        Command("View", "Fit everything", lambda: window.canvas.fit(), hint="Home", enabled=seen),
        Command(
            "View", "Frame the selection", lambda: window.canvas.frame(), hint="F",
            enabled=lambda: seen() and chosen(),
        ),
        Command("View", "Zoom in", lambda: window.canvas.zoom_by(2), "Ctrl++ or Ctrl+=", enabled=seen),
        Command("View", "Zoom out", lambda: window.canvas.zoom_by(-2), "Ctrl+-", enabled=seen),
        Command("View", "100 %", lambda: window.canvas.zoom_to_full(), "Ctrl+0", enabled=seen),
        Command(
            "View", "Full screen", lambda: window.fitting.presenting.toggle(), "F11 or F5 or Shift+F5",
            checked=lambda: window.isFullScreen(),
            help="Show a class nothing but this page, or the panel that has the keys; Page Down steps on",
        ),
        *views(window),
        Command("View", line),
        Command(
            "View", "Explain this number", lambda: window.docks.bring("Explain"),
            enabled=lambda: session.place is not None, help="See how the picked number of a feature map came about",
        ),
        Command(
            "View", "X-ray", window.toggle_xray, hint="X", enabled=seen, checked=lambda: window.xray.on,
            help="Show on every card what its layer makes of the picture",
        ),
        Command(
            "View", "Minimap", window.toggle_minimap, enabled=seen, checked=lambda: window.settings.minimap,
            help="Show the whole network in small where it is larger than the view",
        ),
        Command(
            "View", "Less motion", window.toggle_motion, checked=lambda: window.settings.less_motion,
            help="Changes are shown at once, without moving there",
        ),
        Command(
            "View", "Ruler of depth", window.toggle_ruler, enabled=seen, checked=lambda: window.settings.ruler,
            help="Show beside the network which stage, spatial size and depth each row has",
        ),
        Command(
            "View", "Compare…", window.pages.show_compare, "Ctrl+Shift+C", enabled=anything,
            help="See what differs from another network",
        ),
        Command(
            "View", "Data set…", window.pages.show_data_set, "Ctrl+Shift+D", enabled=anything,
            help="See how often the network is right about a folder of pictures, where it is wrong, and what is dead",
        ),
        Command(
            "View", "Weights report…", window.pages.show_weights, enabled=lambda: files.weights.report is not None,
            help="See which weights of the last file fit",
        ),
        Command("View", line),
        *(
            Command(
                "View/Theme", text, lambda name=name: window.set_theme(name),  # type: ignore[misc]
                checked=lambda name=name: window.settings.theme == name,  # type: ignore[misc]
            )
            for text, name in (("As the system", ""), ("Light", "light"), ("Dark", "dark"), ("Projector", "projector"))
        ),
        *(
            Command(
                "View/Colour by", text, lambda name=name: window.colour_by(name), enabled=seen,  # type: ignore[misc]
                checked=lambda name=name: window.settings.colours == name,  # type: ignore[misc]
            )
            for text, name in COLOURS
        ),
        *(
            Command(
                f"View/{menu}", text, partial(adopt, name, value),
                checked=lambda name=name, value=value: getattr(session.conventions, name) == value,  # type: ignore[misc]
            )
            for menu, name, choices in CONVENTIONS for text, value in choices
        ),
        *(
            Command("View/Panels", title, partial(window.docks.toggle, title),
                    checked=lambda dock=dock: not dock.isHidden())  # type: ignore[misc]
            for title, dock in window.docks.items()
        ),
        Command("View/Panels", line),
        Command("View/Panels", "Put all back", window.docks.reset),
    ]  # fmt: skip
