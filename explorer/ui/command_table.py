"""The commands of the main window."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWhatsThis

from explorer.network.ends import is_end
from explorer.ui.canvas_commands import arranging, notes, views
from explorer.ui.commands import Command, named
from explorer.ui.group_commands import group_commands
from explorer.ui.pictures.picture_sources import choose_folder
from explorer.ui.style_commands import style_commands
from explorer.ui.video_commands import video_commands
from explorer.workspace.samples import digit, samples

if TYPE_CHECKING:
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


def command_table(window: Window) -> list[Command]:
    """Every command, in the order of the menus."""
    files, session = window.files, window.session
    history = session.document.histories

    def dialogs() -> ModuleType:
        from explorer.ui import dialogs  # nobody waits for them when the program starts

        return dialogs

    def anything() -> bool:
        return bool(session.document.project.network.nodes)

    def seen() -> bool:
        """Whether what a command does to the view of the network would be seen."""
        return window.pages.shows_canvas and anything()

    def toggle_reopening() -> None:
        files.settings.reopens = not files.settings.reopens

    def several() -> bool:
        return len(session.document.tabs) > 1

    def chosen() -> bool:
        return bool(session.selection)

    def picked() -> bool:
        return chosen() or (window.pages.shows_canvas and bool(window.canvas.drawing.annotations.selected))

    def deletable() -> bool:
        return picked() or (window.pages.shows_canvas and window.canvas.link is not None)

    def choosable() -> bool:
        one = session.selection
        return len(one) == 1 and is_end(session.document.project.network, one[0]) and session.answer not in ("", one[0])

    def adopt(name: str, value: str) -> None:
        session.set_conventions(replace(session.conventions, **{name: value}))  # type: ignore[arg-type]

    line = ""
    return [
        Command("File", "New", files.new, "Ctrl+N", help="Start another network: the start page has the ways"),
        Command(
            "File", "Start building", window.pages.begin, enabled=lambda: not anything(),
            help="Go to the canvas, which begins with an Input",
        ),
        Command("File", "Open…", files.open, "Ctrl+O", help="Open a network: a project, or a file of another program"),
        Command(
            "File", "Open own code…", files.open_own_code, help="Run Python code of yours and open the module it makes",
        ),
        Command("File", "Open recent", fill=files.fill_recent, enabled=lambda: bool(files.settings.recent)),
        Command("File", "Model library…", window.pages.show_library, "Ctrl+Shift+O", help="Trained networks"),
        Command(
            "File", "Add to model library", window.pages.add_to_library, enabled=lambda: bool(files.source),
            help="List the file of this network among the trained networks; it stays where it is",
        ),
        Command("File", "Gallery…", window.pages.show_gallery, "Ctrl+Alt+G", help="Open a classic network"),
        Command(
            "File", "Load weights…", files.load_weights, enabled=anything,
            help="Put the weights of a file that fit onto this network",
        ),
        Command("File", "Open picture…", files.open_picture, "Ctrl+I", help="Choose a picture to look at"),
        Command(
            "File", "Open folder of pictures…", lambda: choose_folder(window, window.picture.folder.open),
            help="Look at the pictures of a folder one after the other",
        ),
        *(
            Command("File/Sample pictures", path.stem.capitalize(), partial(session.open_picture, str(path)))
            for path in (*samples(), digit())
        ),
        Command("File", line),
        Command("File", "Close", files.close, "Ctrl+W", help="Close this network; its neighbour comes to the front"),
        Command(
            "File", "Next network", lambda: window.tabs.step(1), "Ctrl+Tab", enabled=several,
            help="Bring the next open network to the front",
        ),
        Command("File", "Previous network", lambda: window.tabs.step(-1), "Ctrl+Shift+Tab", enabled=several),
        Command("File", line),
        Command("File", "Save", files.save, "Ctrl+S", enabled=anything),
        Command("File", "Save as…", files.save_as, "Ctrl+Shift+S", enabled=anything),
        Command(
            "File", "Export…", files.export, "Ctrl+Shift+E", enabled=anything,
            help="Write the network for other programs: PyTorch, ONNX, safetensors, Markdown, diagrams",
        ),
        Command("File", "Export Keras source…", partial(files.export, "keras"), enabled=anything),
        Command("File", "Export canvas as picture…", lambda: dialogs().export_canvas(window), enabled=anything),
        Command(
            "File", "Figure…", lambda: dialogs().figure(window), "Ctrl+P", enabled=anything,
            help="Draw the network as papers do; write it as SVG, PDF or PNG, copy or print it",
        ),
        Command(
            "File", "Train a style…", lambda: dialogs().train_style(window), help="Teach a network to paint in it"
        ),
        Command("File", "Export summary…", lambda: dialogs().export_summary(window), enabled=anything),
        Command(
            "File", "Bring back unsaved edits…", lambda: window.recovering.offer_or_say(),
            help="Those that were not saved when the program ended",
        ),
        Command("File", line),
        Command(
            "File", "Open these networks at the next start", toggle_reopening, checked=lambda: files.settings.reopens,
            help="Begin with the files that are open when the program is left",
        ),
        Command("File", "Start page", window.pages.show_start, help="The ways to begin"),
        Command("File", "Quit", window.close, "Ctrl+Q"),
        Command(
            "Edit", "Undo", history.undo, "Ctrl+Z", enabled=history.canUndo,
            help="Take the last edit back: a layer added or deleted, a setting, an arrangement",
            now=lambda: named("Undo", history.undoText()),
        ),
        Command(
            "Edit", "Redo", history.redo, "Ctrl+Shift+Z or Ctrl+Y", enabled=history.canRedo,
            help="Do again what was undone",
            now=lambda: named("Redo", history.redoText()),
        ),
        Command(
            "Edit", "Undo history", lambda: window.docks.bring("History"), "Ctrl+H", help="Every edit, to go back to",
        ),
        Command("Edit", line),
        Command("Edit", "Add layer…", window.pages.search_layer, hint="Tab", help="Search a layer and add it"),
        Command("Edit", "Cut", lambda: window.canvas.cut(), hint="Ctrl+X", enabled=picked),
        Command("Edit", "Copy", lambda: window.canvas.copy(), hint="Ctrl+C", enabled=picked),
        Command("Edit", "Paste", window.pages.paste, hint="Ctrl+V"),
        Command("Edit", "Duplicate", lambda: window.canvas.duplicate(), hint="Ctrl+D", enabled=picked),
        Command("Edit", "Delete", lambda: window.canvas.delete(), hint="Del", enabled=deletable),
        Command(
            "Edit", "Bypass", lambda: window.canvas.bypass(), hint="M", enabled=chosen,
            help="Let the selected layers pass on what comes in, and bring them back; settings and weights stay",
        ),
        Command("Edit", "Select all", lambda: window.canvas.select_all(), hint="Ctrl+A", enabled=anything),
        Command(
            "Edit", "Find layer…", window.pages.find_layer, "Ctrl+F", enabled=anything,
            help="By its name, kind, shape such as 256x56x56, or problem",
        ),
        Command("Edit", line),
        Command(
            "Edit", "Take this end as the answer", lambda: session.choose_answer(session.selection[0]),
            enabled=choosable, help="Of several ends: this one is what the network says of a picture",
        ),
        *notes(window),
        *arranging(window, anything),
        Command("Edit", line),
        *group_commands(window, chosen),
        Command("View", "Fit everything", lambda: window.canvas.fit(), hint="Home", enabled=seen),
        Command(
            "View", "Frame the selection", lambda: window.canvas.frame(), hint="F",
            enabled=lambda: seen() and chosen(),
        ),
        Command("View", "Zoom in", lambda: window.canvas.zoom_by(2), "Ctrl++ or Ctrl+=", enabled=seen),
        Command("View", "Zoom out", lambda: window.canvas.zoom_by(-2), "Ctrl+-", enabled=seen),
        Command("View", "100 %", lambda: window.canvas.zoom_to_full(), "Ctrl+0", enabled=seen),
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
        *video_commands(window),
        *style_commands(window),
        Command(
            "Help", "Run a command…", lambda: window.command_finder.ask(), "Ctrl+Shift+P", help="By typing a part",
        ),
        Command("Help", "User guide", window.pages.show_guide, "F1", help="At the chapter about where you are"),
        Command(
            "Help", "What is this?", QWhatsThis.enterWhatsThisMode, "Shift+F1",
            help="Then click on anything to be told what it is for",
        ),
        Command(
            "Help", "Build your first network", window.leading.start, help="In five steps, shown beside the canvas",
        ),
        Command("Help", "Keys and gestures", lambda: window.pages.show_keys(window.commands), "Ctrl+F1"),
        Command("Help", "The course's facts…", window.pages.show_facts, "Ctrl+Shift+F"),
        Command(
            "Help", "Labs…", window.pages.show_labs, "Ctrl+Shift+L", help="Take object detection into your hands",
        ),
        Command("Help", "About CNN Explorer", lambda: dialogs().about(window)),
    ]  # fmt: skip
